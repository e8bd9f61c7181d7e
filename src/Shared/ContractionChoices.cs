#if GENERATOR
namespace MageDsl.Generators;
#else
namespace MageDsl;
#endif

/// <summary>What becomes of a contraction's result that a reduction of its rows follows, as in attention, between the two passes.</summary>
public enum Scores
{
    /// <summary>As the cost model decides; <c>mage-dsl kernels show</c> says how.</summary>
    Auto,

    /// <summary>Stored in the forward pass: faster where sums are long, memory that grows with rows times columns.</summary>
    Keep,

    /// <summary>Never stored: computed block by block, and again in the backward pass.</summary>
    Recompute,
}

/// <summary>What becomes of an operand that has to be computed for a contraction.</summary>
public enum Prologue
{
    /// <summary>As the cost model decides; <c>mage-dsl kernels show</c> says how.</summary>
    Auto,

    /// <summary>Computed whenever the contraction packs it.</summary>
    Pack,

    /// <summary>Stored beforehand, in a launch of its own or beside other values over the same axes.</summary>
    Store,
}
