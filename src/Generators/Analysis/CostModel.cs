using System;
using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Analysis;

/// <summary>
/// What is cheaper on a device, as far as that can be known before sizes are: work against traffic on its measured roofline, at typical sizes.
/// </summary>
/// <param name="ContractionSpeed">FLOPs of contractions, in 1e9 a second.</param>
/// <param name="LoopSpeed">Simple operations in loops, in 1e9 a second.</param>
/// <param name="Bandwidth">Bytes to and from memory, in 1e9 a second.</param>
/// <param name="CacheDiscount">How much cheaper a byte is that stays in a cache, as what is passed on within a row block does.</param>
/// <param name="FreshMemory">
/// How much more memory that is kept costs than what goes through it: the system has to give it page by page, or there is little.
/// </param>
internal sealed record CostModel(double ContractionSpeed, double LoopSpeed, double Bandwidth, double CacheDiscount, double FreshMemory)
{
    /// <summary>Terms of a sum within an item of a batch: channels of an attention head.</summary>
    private const int BatchedTerms = 64;

    /// <summary>Terms of a sum with a weight matrix: the width of a layer.</summary>
    private const int WeightTerms = 768;

    /// <summary>How often an operand is packed: once for every thousand columns of the other.</summary>
    private const int Packings = 3;

    /// <summary>Simple operations in the time of a division or root, whose unit is no pipeline.</summary>
    public const double Division = 24;

    /// <summary>Written once and read twice, or written, read for the write, and read.</summary>
    private const int StoredBytes = 12;

    /// <summary>
    /// Whether scores are computed again in the backward pass instead of kept. Kept, an element is stored in memory that nothing else has from one
    /// pass to the other; computed again, it costs two FLOPs a term.
    /// </summary>
    public bool RecomputesScores(ContractionShape shape, KernelChoices choices, out string reason)
    {
        var flops = 2 * (shape.Batch.Count > 0 ? BatchedTerms : WeightTerms);
        var worth = StoredBytes * ContractionSpeed / Bandwidth * FreshMemory;
        var recompute = choices.Scores == Scores.Auto ? flops < worth : choices.Scores == Scores.Recompute;
        reason =
            $"scores over [{string.Join(" ", shape.Batch.Concat(shape.Rows).Concat(shape.Columns))}] are {(recompute ? "computed again" : "kept")}: "
                + (choices.Scores == Scores.Auto ? $"about {flops} FLOPs an element; worth it below {worth:F0}" : "by the kernel's attribute");
        return recompute;
    }

    /// <summary>Whether an operand is stored before the contraction instead of being computed each time it is packed.</summary>
    /// <param name="operations">What computing an element takes (<see cref="Operations"/>).</param>
    /// <param name="isCached">Whether it would be stored to cache rather than to memory.</param>
    /// <param name="choices">The author's choices.</param>
    public bool StoresOperand(double operations, bool isCached, KernelChoices choices) =>
        choices.Prologue == Prologue.Auto ? operations * Packings > StoredOperations(isCached) : choices.Prologue == Prologue.Store;

    /// <summary>What storing an element costs in operations.</summary>
    public double StoredOperations(bool isCached) => Math.Round(StoredBytes * LoopSpeed / Bandwidth / (isCached ? CacheDiscount : 1));

    /// <summary>What an operand costs in operations, over all its packings.</summary>
    public static double PackedOperations(double operations) => operations * Packings;

    /// <summary>Simple operations in the time that a node takes per element, where it is computed for each element.</summary>
    public static double Operations(Node node, Func<int, IReadOnlyList<string>> axes) => node.Op switch
    {
        // Lane by lane.
        Op.Gather => 24,
        // What divides a whole row is inverted once.
        Op.Sqrt or Op.Rsqrt => node.Axes.Count > 1 ? Division : 0,
        Op.Div when axes(node.Args[1]).Count == node.Axes.Count && node.Axes.Count > 1 => Division,
        _ => node.Facts.Cost,
    };
}
