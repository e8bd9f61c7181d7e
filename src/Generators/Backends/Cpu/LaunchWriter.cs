using System.Collections.Generic;
using System.Linq;
using System.Text;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Lowering;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Backends.Cpu;

/// <summary>Writes how a program's temporaries are laid out and its stages launched.</summary>
internal sealed class LaunchWriter
{
    private readonly ProgramPlan plan;
    private readonly IReadOnlyList<CpuLaunch> launches;
    private readonly Schedule schedule;

    /// <param name="plan">The program.</param>
    /// <param name="launches">Its launches.</param>
    public LaunchWriter(ProgramPlan plan, IReadOnlyList<CpuLaunch> launches)
    {
        this.plan = plan;
        this.launches = launches;
        schedule = plan.Schedule;
    }

    public string Body()
    {
        var text = new StringBuilder(ArenaText.Of(plan, launches, $"{Library.Cpu}LaunchArena"));
        foreach (var (launch, stage) in launches.Select(l => (l.Plan, l.Code)))
        {
            var parts = launch.Stages;
            text.Append(plan.IsConditional ? $"            if ({ProgramCode.Condition(launch.Wanted)})\n            {{\n" : "            {\n");
            foreach (var item in parts.SelectMany(p => p.Items).Where(schedule.AddsInPlace))
                text.Append($"                {Names.Tensor(schedule.Places[item.Node].Buffer.Name)}.Clear();\n");
            var sums = parts.SelectMany(p => p.Items).Where(IsSumInPlace).ToLookup(i => schedule.Places[i.Node].Buffer);
            foreach (var sum in sums) text.Append(Totals(sum.Key, sum.Select(i => (IEnumerable<string>)schedule.Graph[i.Node].Over)));
            text.Append($"                var _stage = {stage.Initialiser()};\n");
            text.Append(LineMarks.Mark($"                {stage.Launch}", StageLowering.Origin(schedule, parts[0]))).Append('\n');
            foreach (var sum in sums) text.Append($"                {Names.Totals(sum.Key.Name)}.Finish();\n");
            text.Append("            }\n");
        }
        return text.ToString();
    }

    private bool IsSumInPlace(Item item) =>
        item.Kind == ItemKind.ColumnReduction && schedule.AddsInPlace(item) && schedule.Graph[item.Node].Op == Op.ReduceSum;

    /// <summary>The totals of a buffer that sums are added up in, over some axes each.</summary>
    private static string Totals(BufferModel buffer, IEnumerable<IEnumerable<string>> over)
    {
        var name = Names.Totals(buffer.Name);
        var terms = string.Join(" + ", over.Select(Sizes.Product));
        var place = $"{Names.Tensor(buffer.Name)}.Pointer<T>(), {Sizes.Product(buffer.Axes)}";
        return $"                using var {name} = new {Library.Cpu}InPlaceTotals<T>({place}, {terms});\n";
    }
}
