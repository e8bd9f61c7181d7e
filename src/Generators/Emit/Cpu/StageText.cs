using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Emit.Cpu;

/// <summary>One line that says what a stage does, for people.</summary>
internal static class StageText
{
    public static string Describe(Schedule schedule, Stage stage)
    {
        var stored = stage.Items.Where(i => schedule.Places.ContainsKey(i.Node)).Select(i => $"{schedule.Places[i.Node].Name} = {Value(schedule, stage, i.Node)} [{string.Join(" ", schedule.Places[i.Node].Axes)}]");
        var space = stage switch
        {
            LoopStage loop => $"rows [{string.Join(" ", loop.Outer)}], along [{string.Join(" ", loop.Inner!)}]",
            ContractionStage c => $"batch [{string.Join(" ", c.Contraction.Batch)}], rows [{string.Join(" ", c.Contraction.Rows)}], columns [{string.Join(" ", c.Contraction.Columns)}], k [{string.Join(" ", c.Contraction.K)}]",
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
