using System.CommandLine;
using Mage.Cli.Options;
using Mage.Cli.Output;
using MageDsl;

namespace Mage.Cli.Kernels;

/// <summary><c>mage-dsl kernels</c> and <c>mage-dsl kernels show</c>.</summary>
internal static class KernelsCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var assembly = new Option<string?>("--assembly")
        {
            Description = "Kernels of this assembly as well: a DLL built with MageDsl", HelpName = "FILE",
        };
        var command = new Command("kernels") { Show(), assembly };
        command.SetAction(parse =>
        {
            List(KernelFinder.All(parse.GetValue(assembly)), new CommandConsole(parse.InvocationConfiguration.Output));
            return 0;
        });
        return command;
    }

    private static Command Show()
    {
        var name = new Argument<string>("name") { Description = "As the list has it, or its end", HelpName = "NAME" };
        var backward = new Option<bool>("--backward") { Description = "The backward pass instead of the forward pass" };
        var unfused = new Option<bool>("--unfused") { Description = "As it would be with one launch per primitive" };
        var off = new Option<string[]>("--off")
        {
            Description = "A bool parameter that is false in the variant to show [default: all are true]",
            HelpName = "FLAG", AllowMultipleArgumentsPerToken = true,
        };
        var sizes = new Option<string[]>("--sizes")
        {
            Description = "Axis sizes for the figures, as n=4096,d=768", HelpName = "SIZES", AllowMultipleArgumentsPerToken = true,
        };
        var measure = new Option<bool>("--measure") { Description = "Run it, too, and compare the time with the least that the machine could take" };
        var device = DeviceOption.Create();
        device.Description = "What it is shown for, and run on: cpu, or a device, with the text that its driver gets; for cuda no card is needed "
            + "[default: cpu]";
        var precision = DeviceOption.CreatePrecision();
        var withCode = new Option<bool>("--code") { Description = "The generated code at the end" };
        var html = new Option<string?>("--html")
        {
            Description = "Draw the graph with its stages, both passes, into an HTML file", HelpName = "FILE",
        };
        var assembly = new Option<string?>("--assembly")
        {
            Description = "Look in this assembly as well: a DLL built with MageDsl", HelpName = "FILE",
        };
        var show = new Command("show", "Show how a kernel was compiled: its IR, stages, memory traffic, arithmetic and code.")
        {
            name, backward, unfused, off, sizes, measure, device, precision, withCode, html, assembly,
        };
        show.SetAction(parse =>
        {
            // Only what runs needs the device: PTX needs no card.
            if (parse.GetValue(measure))
            {
                DeviceOption.Apply(parse, device, precision);
            }

            var info = KernelFinder.Find(parse.GetValue(name)!, KernelFinder.All(parse.GetValue(assembly)));
            using var code = DeviceCode.For(parse.GetValue(device), info, DeviceOption.Asked(parse, precision));
            var kernel = ShownKernel.Create(info, parse.GetValue(unfused), parse.GetValue(off) ?? [], parse.GetValue(sizes) ?? [], code);
            var pass = parse.GetValue(backward)
                ? kernel.Backward ?? throw new UserErrorException($"{info.Name} has no backward pass")
                : kernel.Forward;
            var seconds = parse.GetValue(measure) ? KernelTiming.Measure(kernel, pass == kernel.Backward) : (double?)null;
            var output = parse.InvocationConfiguration.Output;
            if (parse.GetValue(html) is { } path)
            {
                AtomicFile.WriteText(path, GraphPage.Write(kernel));
                output.WriteLine(path);
                return 0;
            }

            new KernelText(kernel, new CommandConsole(output)).Write(pass, seconds, parse.GetValue(withCode));
            return 0;
        });
        return show;
    }

    private static void List(IReadOnlyList<KernelInfo> kernels, CommandConsole console)
    {
        console.Table(
            $"{kernels.Count} kernels",
            [
                ["kernel", "forward", "backward"],
                .. kernels.Select(kernel => new[] { kernel.Name, Stages(kernel.ForwardStages), Stages(kernel.BackwardStages) }),
            ]);
        console.Line("mage-dsl kernels show NAME shows one of them.");
    }

    private static string Stages(IReadOnlyList<KernelStage> stages) => stages.Count == 0 ? "-" : string.Join(
        " ", stages.GroupBy(stage => stage.Template).Select(group => group.Count() == 1 ? group.Key : $"{group.Count()} {group.Key}"));
}
