using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Costs;

/// <summary>
/// Walks what a stage computes, from its items down to what it reads from memory. Every value is met once for each way in which
/// views look at it; seen through a view, an axis stands for those that the view reads it along.
/// </summary>
internal abstract class StageReader
{
    private readonly HashSet<string> seen = new();
    private Stage stage = null!;

    protected StageReader(Schedule schedule) => Schedule = schedule;

    protected Schedule Schedule { get; }

    protected void Walk(Stage of)
    {
        stage = of;
        seen.Clear();
        foreach (var item in stage.Items)
        {
            // A contraction reads its operands, which may be put together anew, rather than the product it was found as.
            if (stage is ContractionStage contraction && item.Node == contraction.Root)
            {
                seen.Add(Key(item.Node, ViewedAxes.Plain));
                Contract(contraction.Contraction);
                Visit(contraction.Contraction.Left, ViewedAxes.Plain, isItem: false);
                Visit(contraction.Contraction.Right, ViewedAxes.Plain, isItem: false);
            }
            else
            {
                Visit(item.Node, ViewedAxes.Plain, isItem: true);
            }
        }
    }

    /// <summary>The stage computes this value.</summary>
    protected abstract void Compute(Node node, ViewedAxes axes);

    /// <summary>The stage computes this matrix product.</summary>
    protected abstract void Contract(Contraction contraction);

    /// <summary>The stage reads this value from memory.</summary>
    protected abstract void Read(int id, ViewedAxes axes);

    private void Visit(int id, ViewedAxes axes, bool isItem)
    {
        if (!seen.Add(Key(id, axes))) return;
        if (!isItem && Schedule.IsRead(id, stage))
        {
            Read(id, axes);
            return;
        }
        var node = Schedule.Graph[id];
        Compute(node, axes);
        for (var i = 0; i < node.Args.Count; i++) Visit(node.Args[i], axes.Inside(Schedule.Graph, node, i), isItem: false);
    }

    private string Key(int id, ViewedAxes axes) => $"{id} {axes.Text(Schedule.Graph.Axes(id))}";
}
