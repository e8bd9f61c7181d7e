using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Scheduling;

/// <summary>A value of another stage that a stage reads, and those of its axes that are not read in step with the reader's own.</summary>
internal sealed record StageRead(int Value, int Stage, EquatableArray<string> Remapped);

/// <summary>What a stage reads of other stages.</summary>
internal static class StageReads
{
    public static IReadOnlyCollection<StageRead> Of(Graph graph, Stage stage, IReadOnlyDictionary<int, int> stageOf, Anchors anchors)
    {
        var found = new HashSet<StageRead>();
        var seen = new HashSet<(int, EquatableArray<string>)>();
        foreach (var item in stage.Items)
        {
            // The operands of an item are in step with it, but for what it looks up by index itself.
            var opaque = graph[item.Node].Op is Op.View or Op.Gather or Op.ScatterAdd ? graph[item.Node].Over : default;
            foreach (var operand in anchors.Operands(item.Node)) Visit(operand, opaque);
        }
        return found;

        void Visit(int id, EquatableArray<string> remapped)
        {
            if (!seen.Add((id, remapped))) return;
            if (stageOf.TryGetValue(id, out var owner))
            {
                if (owner != stage.Index) found.Add(new StageRead(id, owner, remapped));
                return;
            }
            var node = graph[id];
            var inside = node.Op is Op.View or Op.Gather or Op.Stack ? remapped.Concat(node.Over).Distinct().ToEquatable() : remapped;
            foreach (var arg in anchors.Operands(id)) Visit(arg, inside);
        }
    }
}
