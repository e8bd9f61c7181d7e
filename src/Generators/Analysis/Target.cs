namespace MageDsl.Generators.Analysis;

/// <summary>What scheduling, and the choice of what is saved, may ask of a device. How code for it is written is the backend's.</summary>
/// <param name="Name">As users write it.</param>
/// <param name="Costs">What it does in which time.</param>
/// <param name="ShortestVector">An axis with fewer elements is not worth going along in vectors.</param>
/// <param name="RunsRowBlocks">Whether stages may run together on a block of rows, with what passes between them in fast memory.</param>
internal sealed record Target(string Name, CostModel Costs, int ShortestVector, bool RunsRowBlocks)
{
    /// <summary>Two cores with AVX-512, as measured; the second-level cache holds what row blocks pass on.</summary>
    public static Target Cpu { get; } = new(
        "cpu", new CostModel(230, 128, 24, CacheDiscount: 8, FreshMemory: 3), ShortestVector: 4, RunsRowBlocks: true);
}
