using System.Collections.Generic;

namespace MageDsl.Generators.Analysis;

/// <summary>What scheduling, and the choice of what is saved, may ask of a device. How code for it is written is the backend's.</summary>
/// <param name="Name">As users write it.</param>
/// <param name="Costs">What it does in which time.</param>
/// <param name="ShortestVector">An axis with fewer elements is not worth going along in vectors.</param>
/// <param name="RunsRowBlocks">Whether stages may run together on a block of rows, with what passes between them in fast memory.</param>
/// <param name="ReducesInRows">
/// Whether whatever is reduced makes a row, wherever it lies in memory; else only what lies side by side does, and a loop adds up
/// others across its rows.
/// </param>
/// <param name="PutsAside">Whether a loop puts values of a row aside for later passes, rather than computing them again.</param>
/// <param name="HasShortBuffers">Whether it may keep in 16 bits what it multiplies in 16 bits.</param>
/// <param name="PacksInMemory">
/// Whether operands of large products are packed by a launch of its own, which is as much to write as storing them, and more to read. So they are
/// stored, and it is seen to that they come about where what they are of is read, and are read themselves where that is less.
/// </param>
/// <param name="JoinsProducts">
/// Whether a part of a row block may be two contractions at once, whose sums meet before any of them is stored; so it is worth some digits to have no
/// sum of a row between the two.
/// </param>
internal sealed record Target(
    string Name, CostModel Costs, int ShortestVector, bool RunsRowBlocks, bool ReducesInRows, bool PutsAside, bool HasShortBuffers,
    bool PacksInMemory, bool JoinsProducts)
{
    /// <summary>Two cores with AVX-512, as measured; the second-level cache holds what row blocks pass on.</summary>
    public static Target Cpu { get; } = new(
        "cpu", new CostModel(230, 128, 24, CacheDiscount: 8, FreshMemory: 3),
        ShortestVector: 4, RunsRowBlocks: true, ReducesInRows: false, PutsAside: true, HasShortBuffers: false, PacksInMemory: false,
        JoinsProducts: false);

    /// <summary>
    /// Devices that ILGPU compiles for. Speeds are those of an H200 in float32; what row blocks pass on lies in the memory of a group, and a
    /// thread of many goes along any axis. Memory is there at once, but scarce: scores that are kept limit the batch.
    /// </summary>
    public static Target Gpu { get; } = new(
        "gpu", new CostModel(44000, 30000, 4200, CacheDiscount: 8, FreshMemory: 3),
        ShortestVector: 1, RunsRowBlocks: true, ReducesInRows: true, PutsAside: false, HasShortBuffers: true, PacksInMemory: true,
        JoinsProducts: true);

    /// <summary>All that code can be written for, the one that always is first.</summary>
    public static IReadOnlyList<Target> All { get; } = new[] { Cpu, Gpu };
}
