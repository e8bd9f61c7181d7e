using System.Collections.Generic;
using System.Linq;
using System.Text;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Lowering;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Backends.Gpu;

/// <summary>Writes how a program's temporaries are laid out and its stages launched.</summary>
internal static class LaunchWriter
{
    public static string Body(ProgramPlan plan, IReadOnlyList<GpuLaunch> launches)
    {
        var text = new StringBuilder(ArenaText.Of(plan, launches, $"{Library.Gpu}GpuArena", "_device, "));
        foreach (var launch in launches)
        {
            text.Append(plan.IsConditional ? $"            if ({ProgramCode.Condition(launch.Plan.Wanted)})\n            {{\n" : "            {\n");
            foreach (var item in launch.Plan.Stages.SelectMany(s => s.Items).Where(i => i.Kind == ItemKind.ColumnReduction))
            {
                var sums = Names.Tensor(plan.Schedule.Places[item.Node].Buffer.Name);
                text.Append($"                {Library.Gpu}GpuRowBlocks.Clear(_device, {sums}.GpuView<T>(_device));\n");
            }
            text.Append($"                var _stage = {launch.Stage.Initialiser()};\n");
            var origin = StageLowering.Origin(plan.Schedule, launch.Plan.Stages[0]);
            foreach (var line in launch.Stage.Call.Split('\n')) text.Append(LineMarks.Mark($"                {line}", origin)).Append('\n');
            text.Append("            }\n");
        }
        return text.ToString();
    }
}
