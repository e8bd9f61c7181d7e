using System.CommandLine;
using System.Runtime.CompilerServices;
using MageDsl;

namespace Mage.Cli;

/// <summary><c>mage-dsl kernels</c> and <c>mage-dsl kernels show</c>.</summary>
internal static class KernelsCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var name = new Argument<string>("name") { Description = "As the list has it, or its end", HelpName = "NAME" };
        var show = new Command("show", "Show the IR and the stages of a kernel, forward and backward.") { name };
        show.SetAction(parse =>
        {
            Show(Find(parse.GetValue(name)!), parse.InvocationConfiguration.Output);
            return 0;
        });

        var command = new Command("kernels", "List every compiled kernel with its stages.") { show };
        command.SetAction(parse =>
        {
            List(All(), new CommandConsole(parse.InvocationConfiguration.Output));
            return 0;
        });
        return command;
    }

    /// <summary>Asking for all kernels must not depend on which class happened to be used before.</summary>
    private static IReadOnlyList<KernelInfo> All()
    {
        foreach (var type in new[] { typeof(KernelInfo), typeof(Program) })
        {
            RuntimeHelpers.RunModuleConstructor(type.Module.ModuleHandle);
        }

        return KernelRegistry.All();
    }

    private static void List(IReadOnlyList<KernelInfo> kernels, CommandConsole console)
    {
        console.Table(
            $"{kernels.Count} kernels",
            [["kernel", "forward", "backward"], .. kernels.Select(kernel => new[] { kernel.Name, Stages(kernel.ForwardStages), Stages(kernel.BackwardStages) })]);
        console.Line("mage-dsl kernels show NAME shows one of them.");
    }

    private static string Stages(IReadOnlyList<KernelStage> stages) => stages.Count == 0 ? "-" : string.Join(
        " ", stages.GroupBy(stage => stage.Template).Select(group => group.Count() == 1 ? group.Key : $"{group.Count()} {group.Key}"));

    private static KernelInfo Find(string name)
    {
        var all = All();
        var found = all.Where(kernel => kernel.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).ToArray();
        if (found.Length == 0)
        {
            found = [.. all.Where(kernel => kernel.Name.EndsWith("." + name, StringComparison.OrdinalIgnoreCase))];
        }

        if (found.Length > 1)
        {
            throw new UserErrorException($"'{name}' could be {string.Join(" or ", found.Select(kernel => kernel.Name))}");
        }

        if (found.Length == 0)
        {
            var near = all.Where(kernel => kernel.Name.Contains(name, StringComparison.OrdinalIgnoreCase)).Select(kernel => kernel.Name).ToArray();
            throw new UserErrorException(
                $"no kernel is called '{name}'; {(near.Length > 0 ? "there is " + string.Join(", ", near) : "mage-dsl kernels lists them")}");
        }

        return found[0];
    }

    private static void Show(KernelInfo kernel, TextWriter output)
    {
        output.WriteLine(kernel);
        var traits = new[] { kernel.Fused ? "fused" : "unfused", kernel.Differentiable ? "differentiable" : "not differentiable" };
        output.WriteLine(string.Join(", ", kernel.Into.Count == 0 ? traits : [.. traits, $"writes into {string.Join(", ", kernel.Into)}"]));
        ShowPass("forward", kernel.ForwardIr, kernel.ForwardStages, output);
        if (kernel.BackwardIr.Length > 0 || kernel.BackwardStages.Count > 0)
        {
            ShowPass("backward", kernel.BackwardIr, kernel.BackwardStages, output);
        }
    }

    private static void ShowPass(string title, string ir, IReadOnlyList<KernelStage> stages, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine($"{title} IR");
        foreach (var line in ir.TrimEnd().ReplaceLineEndings("\n").Split('\n'))
        {
            output.WriteLine($"  {line}");
        }

        output.WriteLine($"{title} stages");
        for (var i = 0; i < stages.Count; i++)
        {
            var text = stages[i].Text.TrimEnd().ReplaceLineEndings("\n       ");
            output.WriteLine($"  {i + 1,2}. {stages[i].Template}: {text}");
        }
    }
}
