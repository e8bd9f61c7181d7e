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
        var text = new StringBuilder(Arena());
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

    /// <summary>The temporaries: the bytes of each, the slots one after the other, and who lies in which.</summary>
    private string Arena()
    {
        if (plan.Memory.Slots.Count == 0) return "";
        var text = new StringBuilder();
        var names = new List<string>();
        var parts = new StringBuilder();
        foreach (var slot in plan.Memory.Slots)
        {
            var offset = names.Count == 0 ? "0" : string.Join(" + ", names);
            foreach (var buffer in slot)
            {
                var bytes = $"(nint){(buffer.Type == ValueType.Ids ? "sizeof(int)" : "sizeof(T)")} * {Sizes.Product(buffer.Axes)}";
                text.Append($"            nint {buffer.Name}_bytes = " +
                    $"{(ProgramCode.Condition(plan, launches, buffer) is { } wanted ? $"{wanted} ? {bytes} : 0" : bytes)};\n");
                parts.Append($"            var {Names.Tensor(buffer.Name)} = _arena.At({offset}, {buffer.Name}_bytes);\n");
            }
            names.Add($"_slot{names.Count + 1}");
            var largest = slot.Select(b => $"{b.Name}_bytes").Aggregate((a, b) => $"{Library.Math}.Max({a}, {b})");
            text.Append($"            nint {names[names.Count - 1]} = {Library.Cpu}LaunchArena.Aligned({largest});\n");
        }
        return text.Append($"            using var _arena = new {Library.Cpu}LaunchArena({string.Join(" + ", names)});\n").Append(parts).ToString();
    }
}
