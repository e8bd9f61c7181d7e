using System;
using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Scheduling;

/// <summary>A value of another stage that a stage reads, and those of its axes that are not read in step with the reader's own.</summary>
internal sealed record StageRead(int Value, int Stage, EquatableArray<string> Remapped);

/// <summary>What stages read: the values at which computing something ends.</summary>
internal static class StageReads
{
    /// <summary>What a stage reads of other stages.</summary>
    public static IReadOnlyCollection<StageRead> Of(Partition partition, Stage stage) =>
        Below(partition.Program, stage.Items.Select(i => i.Node), partition.StageOf.ContainsKey)
            .Select(read => new StageRead(read.Value, partition.StageOf[read.Value], read.Remapped))
            .Where(read => read.Stage != stage.Index).ToArray();

    /// <summary>The values that a stage reads from memory, once places are known.</summary>
    public static IEnumerable<int> FromMemory(Schedule schedule, Stage stage) => FromMemory(schedule.Program, stage, schedule.StageOf);

    /// <summary>The values that a stage will read from memory; of a stack all, whatever part is read.</summary>
    public static IEnumerable<int> FromMemory(Partition partition, Stage stage) => FromMemory(partition.Program, stage, partition.StageOf);

    /// <summary>Whether a stage has to read a value from memory.</summary>
    public static bool IsFromMemory(Graph graph, int id, Stage stage, IReadOnlyDictionary<int, int> stageOf) =>
        graph[id].Op is Op.Input or Op.Stack || (stageOf.TryGetValue(id, out var owner) && owner != stage.Index);

    private static IEnumerable<int> FromMemory(Program program, Stage stage, IReadOnlyDictionary<int, int> stageOf) =>
        Below(program, stage.Items.Select(i => i.Node), id => IsFromMemory(program.Graph, id, stage, stageOf)).Select(read => read.Value).Distinct();

    /// <summary>
    /// The ends that are met on the way down from what some nodes read, each with those of its axes that are not read in step on that way; once for
    /// each set of them.
    /// </summary>
    /// <param name="program">The program.</param>
    /// <param name="nodes">The nodes, which are no ends themselves.</param>
    /// <param name="isEnd">Whether to go no further.</param>
    public static IReadOnlyList<(int Value, EquatableArray<string> Remapped)> Below(Program program, IEnumerable<int> nodes, Func<int, bool> isEnd)
    {
        var found = new List<(int, EquatableArray<string>)>();
        var seen = new HashSet<(int, EquatableArray<string>)>();
        foreach (var node in nodes) Descend(node, default);
        return found;

        void Descend(int id, EquatableArray<string> remapped)
        {
            var node = program.Graph[id];
            var inside = node.Facts.MovesElements ? remapped.Concat(node.Over).Distinct().ToEquatable() : remapped;
            foreach (var operand in program.Operands(id))
            {
                if (!seen.Add((operand, inside))) continue;
                if (isEnd(operand)) found.Add((operand, inside));
                else Descend(operand, inside);
            }
        }
    }
}
