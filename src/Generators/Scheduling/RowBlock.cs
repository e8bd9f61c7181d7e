using System.Collections.Generic;
using System.Linq;

namespace MageDsl.Generators.Scheduling;

/// <summary>What a stage of a row block does with the block's rows.</summary>
internal enum PartRole
{
    /// <summary>A contraction with the rows as its own.</summary>
    Rows,

    /// <summary>A contraction that sums over the rows: complete when all blocks of an item have passed.</summary>
    Sums,

    /// <summary>A loop over them.</summary>
    Loop,
}

/// <summary>
/// Consecutive stages that run together, on some rows of one batch item at a time. What passes between them lies in the scratch memory of a
/// worker: the scores of attention are never stored.
/// </summary>
internal sealed record RowBlock(IReadOnlyList<string> Batch, IReadOnlyList<string> Rows, IReadOnlyList<Stage> Parts)
{
    /// <summary>
    /// The last axes of the batch, if a loop sums across them (the gradient of a bias that all images share): one worker takes their items in
    /// order and adds to the sums.
    /// </summary>
    public IReadOnlyList<string> InOrder { get; init; } = System.Array.Empty<string>();

    /// <summary>The axes that a value must have to be passed on in scratch.</summary>
    public IEnumerable<string> Outer => Batch.Concat(Rows);

    public PartRole Role(Stage part) =>
        part is not ContractionStage contraction ? PartRole.Loop : Rows.All(contraction.Contraction.K.Contains) ? PartRole.Sums : PartRole.Rows;
}

/// <summary>Row blocks as a list.</summary>
internal static class RowBlockList
{
    /// <summary>The block that a stage is part of, or null.</summary>
    public static RowBlock? Of(this IEnumerable<RowBlock> blocks, Stage stage) => blocks.FirstOrDefault(b => b.Parts.Contains(stage));
}
