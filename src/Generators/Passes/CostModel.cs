using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Passes;

/// <summary>
/// What is cheaper, as far as that can be known before sizes are: bytes and FLOPs against a measured roofline, at typical sizes.
/// </summary>
internal static class CostModel
{
    /// <summary>FLOPs that a contraction does while a byte goes to or from memory: 230 GFLOP/s over 24 GB/s, on two cores with AVX-512.</summary>
    public const double FlopsPerByte = 9.6;

    /// <summary>Terms of a sum within an item of a batch: channels of an attention head.</summary>
    private const int BatchedTerms = 64;

    /// <summary>Terms of a sum with a weight matrix: the width of a layer.</summary>
    private const int WeightTerms = 768;

    /// <summary>
    /// Whether scores are computed again in the backward pass instead of kept. Kept, an element is written once and read twice (12 bytes,
    /// and memory that is new to the process); computed again, it costs two FLOPs a term.
    /// </summary>
    public static bool RecomputesScores(Contraction shape)
    {
        var terms = shape.Batch.Count > 0 ? BatchedTerms : WeightTerms;
        return 2 * terms < 12 * FlopsPerByte * FreshMemory;
    }

    /// <summary>How much more the first touch of memory costs than a later one; measured for pages that the system has yet to give.</summary>
    private const double FreshMemory = 3;
}
