using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Scheduling;

/// <summary>A value of another stage that a stage reads, and those of its axes that are not read in step with the reader's own.</summary>
internal sealed record StageRead(int Value, int Stage, EquatableArray<string> Remapped);

/// <summary>What a stage reads of other stages.</summary>
internal static class StageReads
{
    public static IReadOnlyCollection<StageRead> Of(Partition partition, Stage stage)
    {
        var (program, graph, stageOf) = (partition.Program, partition.Graph, partition.StageOf);
        var found = new HashSet<StageRead>();
        var seen = new HashSet<(int, EquatableArray<string>)>();
        foreach (var item in stage.Items)
        {
            // The operands of an item are in step with it, but for what it looks up by index itself.
            var opaque = graph[item.Node].Facts.MovesElements ? graph[item.Node].Over : default;
            foreach (var operand in program.Operands(item.Node)) Visit(operand, opaque);
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
            var inside = node.Facts.MovesElements ? remapped.Concat(node.Over).Distinct().ToEquatable() : remapped;
            foreach (var arg in program.Operands(id)) Visit(arg, inside);
        }
    }

    /// <summary>The values that a stage reads from memory, once places are known.</summary>
    public static IEnumerable<int> FromMemory(Schedule schedule, Stage stage)
    {
        var seen = new HashSet<int>();
        var found = new List<int>();
        foreach (var item in stage.Items)
        {
            seen.Add(item.Node);
            foreach (var operand in schedule.Program.Operands(item.Node)) Visit(operand);
        }
        return found;

        void Visit(int id)
        {
            if (!seen.Add(id)) return;
            if (schedule.IsRead(id, stage)) found.Add(id);
            else
                foreach (var arg in schedule.Graph[id].Args) Visit(arg);
        }
    }
}
