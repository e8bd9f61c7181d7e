using System.Text;
using System.Text.RegularExpressions;
using Generators.Tests.Compiler;
using MageDsl.Generators;
using MageDsl.Generators.Backends.Cpu;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Lowering;
using MageDsl.Generators.Passes;
using MageDsl.Generators.Scheduling;

namespace Generators.Tests.Snapshots;

/// <summary>
/// The structure of a compiled kernel as text: for each setting of its flags its programs, their launches, and what is stored between them.
/// </summary>
internal static class StructureText
{
    public static string Of(KernelModel kernel)
    {
        var text = new StringBuilder();
        var flags = kernel.Parameters.Where(p => p.Kind == KernelParameterKind.Bool).Select(p => p.Name).ToArray();
        for (var bits = 0; bits < 1 << flags.Length; bits++)
        {
            var on = flags.Where((_, i) => (bits >> i & 1) != 0).ToArray();
            text.Append($"{kernel.FullName}{(flags.Length > 0 ? $" with [{string.Join(" ", on)}]" : "")}\n");
            var programs = LibraryKernels.Programs(kernel, on);
            // Results in place are computed in one stage at any rate.
            var fusion = kernel.Fusion || kernel.Results.Any(r => r.Into.Length > 0);
            Append(text, "inference", programs.Inference, fusion, "");
            if (programs.Forward != programs.Inference) Append(text, "forward", programs.Forward, fusion, $", saves {Buffers(programs.Saved)}");
            if (programs.Backward is { } backward)
            {
                Append(text, "backward", backward, fusion, $", gradients of {string.Join(" ", programs.Gradients)}");
            }
        }
        return text.ToString();
    }

    private static void Append(StringBuilder text, string name, Program program, bool fusion, string more)
    {
        var schedule = LibraryKernels.Schedule(program, fusion);
        var launches = schedule.Launches.ToArray();
        text.Append($"  {name}: " +
            $"{Count(launches.Length)}{more}{(schedule.Temporaries.Count > 0 ? $", between launches {Buffers(schedule.Temporaries)}" : "")}\n");
        foreach (var parts in launches)
        {
            var block = schedule.BlockOf(parts[0]);
            if (block != null) text.Append($"    row block: batch [{string.Join(" ", block.Batch)}], rows [{string.Join(" ", block.Rows)}]\n");
            foreach (var stage in parts)
            {
                text.Append($"    {(block != null ? "  " : "")}{stage.Template}: {StageText.Describe(schedule, stage)}{Strides(schedule, stage)}\n");
            }
        }
        foreach (var decision in schedule.Decisions) text.Append($"    decided: {decision}\n");
        if (!fusion) return;
        var unfused = LibraryKernels.Schedule(program, fusion: false).Launches.SelectMany(parts => parts)
            .GroupBy(s => s.Template).OrderBy(g => g.Key, StringComparer.Ordinal);
        text.Append($"    unfused: {string.Join(", ", unfused.Select(g => $"{g.Count()} {g.Key}"))}\n");
    }

    /// <summary>What a stage reads or writes element by element because it vectorises along another axis than the dense one.</summary>
    private static string Strides(Schedule schedule, Stage stage)
    {
        var code = CpuBackend.Print(StageLowering.Of(schedule, stage), "Stage");
        var pointers = Regex.Matches(code.Members, @"\.(?:Load|Store)Strided\(p_(\w+)").Select(m => m.Groups[1].Value).Distinct().ToArray();
        return pointers.Length == 0 ? "" : $"; at strides {string.Join(" ", pointers)}";
    }

    private static string Count(int launches) => launches == 1 ? "1 launch" : $"{launches} launches";

    private static string Buffers(IEnumerable<BufferModel> buffers) =>
        string.Join(", ", buffers.Select(b => $"{b.Name} [{string.Join(" ", b.Axes)}]"));
}
