using System;
using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Analysis;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Scheduling;

/// <summary>
/// Where a value lies in memory: a buffer, or the slice of one at <see cref="Index"/> of <see cref="StackAxis"/>. If <see cref="IsScratch"/>,
/// the buffer is that of one row block: it has no batch axes, and only some of the rows.
/// </summary>
internal sealed record Place(BufferModel Buffer, string StackAxis = "", int Index = 0, bool IsScratch = false)
{
    /// <summary>The axes of the value, in memory order.</summary>
    public IEnumerable<string> Axes => Buffer.Axes.Where(a => a != StackAxis);

    /// <summary>The name of this place in generated code.</summary>
    public string Name => StackAxis.Length == 0 ? Buffer.Name : $"{Buffer.Name}_{Index}";

    /// <summary>The sizes whose product is the stride of an axis.</summary>
    public IReadOnlyList<string> Stride(string axis) => StrideOf(Buffer.Axes, axis);

    /// <summary>The sizes whose product is the stride of an axis, row-major over the given axes.</summary>
    public static IReadOnlyList<string> StrideOf(IEnumerable<string> axes, string axis) => axes.SkipWhile(a => a != axis).Skip(1).ToArray();
}

/// <summary>A program cut into launches: the stages in order, and where every value lies that passes between them.</summary>
/// <param name="Program">The program.</param>
/// <param name="Stages">In the order in which they run; without items where nobody reads what they compute.</param>
/// <param name="Blocks">Stages that run together.</param>
/// <param name="StageOf">The stage that is responsible for a value.</param>
/// <param name="Places">The values that are stored, and the inputs.</param>
/// <param name="Temporaries">Buffers that live from one stage to another.</param>
/// <param name="Target">The device that it is for.</param>
/// <param name="Decisions">What was decided by cost, a line each.</param>
internal sealed record Schedule(
    Program Program, IReadOnlyList<Stage> Stages, IReadOnlyList<RowBlock> Blocks, IReadOnlyDictionary<int, int> StageOf,
    IReadOnlyDictionary<int, Place> Places, IReadOnlyList<BufferModel> Temporaries, Target Target, IReadOnlyList<string> Decisions)
{
    /// <summary>Loops that run together with one across their rows.</summary>
    public IReadOnlyList<LoopPair> Pairs { get; init; } = Array.Empty<LoopPair>();

    public Graph Graph => Program.Graph;

    /// <summary>
    /// What runs at once, in order: a stage, the parts of a row block, or a pair of loops; without those of which nothing is read.
    /// </summary>
    public IEnumerable<IReadOnlyList<Stage>> Launches
    {
        get
        {
            var seen = new HashSet<Stage>();
            foreach (var stage in Stages.Where(s => s.Items.Count > 0))
            {
                if (seen.Contains(stage)) continue;
                var parts = BlockOf(stage)?.Parts.Where(p => p.Items.Count > 0).ToArray() ?? PairOf(stage)?.Loops ?? new[] { stage };
                seen.UnionWith(parts);
                yield return parts;
            }
        }
    }

    /// <summary>The block that a stage is part of, or null.</summary>
    public RowBlock? BlockOf(Stage stage) => Blocks.Of(stage);

    /// <summary>The pair that a stage is one of, or null.</summary>
    public LoopPair? PairOf(Stage stage) => Pairs.FirstOrDefault(p => p.Loops.Contains(stage));

    /// <summary>Whether a launch adds to what lies where the item goes, which therefore begins with zeros.</summary>
    public bool AddsInPlace(Item item) =>
        item.Kind == ItemKind.Scatter || (item.Kind == ItemKind.ColumnReduction && Blocks.Any(b => b.Parts.Any(p => p.Items.Contains(item))));

    /// <summary>Whether there is a buffer of this name, and it is <see cref="BufferModel.IsShort"/>.</summary>
    public bool HasShort(string buffer) => Places.Values.Any(p => p.Buffer.IsShort && p.Buffer.Name == buffer);

    /// <summary>Whether a stage has to read this value from memory.</summary>
    public bool IsRead(int id, Stage stage) => StageReads.IsFromMemory(Graph, id, stage, StageOf);
}
