using System.Collections.Generic;

namespace MageDsl.Generators.Scheduling;

/// <summary>
/// Two loops over the same elements that are launched together: what is a row of one goes across the rows of the other. While a device goes along the
/// rows of the first it can add up what the second combines across them, and read once what both of them read.
/// </summary>
/// <param name="Rows">The loop along rows, which it goes through more than once.</param>
/// <param name="Sums">The loop across them, whose rows are so long that it is worth while to have parts of them.</param>
internal sealed record LoopPair(LoopStage Rows, LoopStage Sums)
{
    /// <summary>Both, in the order in which they could run by themselves.</summary>
    public IReadOnlyList<Stage> Loops => new Stage[] { Rows, Sums };
}
