using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Lowering;

/// <summary>One line that says what a stage does, for people.</summary>
internal static class StageText
{
    public static string Describe(Schedule schedule, Stage stage)
    {
        static string Axes(IEnumerable<string> axes) => $"[{string.Join(" ", axes)}]";
        var stored = stage.Items.Where(i => schedule.Places.ContainsKey(i.Node)).Select(i => (i.Node, Place: schedule.Places[i.Node]))
            .Select(i => $"{i.Place.Name} = {Value(schedule, stage, i.Node)} {Axes(i.Place.Axes)}");
        var space = stage switch
        {
            LoopStage loop => $"rows {Axes(loop.Outer)}, along {Axes(loop.Inner!)}",
            ContractionStage { Contraction: var c } contraction => $"batch {Axes(c.Batch)}, rows {Axes(c.Rows)}, columns {Axes(c.Columns)}, " +
                $"{(contraction.Beside is null ? "" : "twice ")}k {Axes(c.K)}",
            _ => "",
        };
        return $"{space}: {string.Join(", ", stored)}";
    }

    /// <summary>The expression of a value down to what the stage reads, cut off where it gets long.</summary>
    private static string Value(Schedule schedule, Stage stage, int root)
    {
        var budget = 24;
        return Text(root, isRoot: true);

        string Text(int id, bool isRoot)
        {
            var node = schedule.Graph[id];
            if (!isRoot && schedule.Places.TryGetValue(id, out var place)) return place.Name;
            if (node.Op == Op.Const) return node.Number.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
            if (node.Op == Op.Scalar) return schedule.Program.Scalars.Text(node.Name);
            if (node.Args.Count == 0) return node.Name.Length > 0 ? node.Name : node.Op.ToString().ToLowerInvariant();
            if (--budget < 0) return "…";
            var args = string.Join(", ", node.Args.Select(a => Text(a, isRoot: false)));
            return $"{node.Op.ToString().ToLowerInvariant()}({args})";
        }
    }
}
