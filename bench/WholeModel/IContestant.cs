namespace Bench.WholeModel;

/// <summary>
/// Somebody who does on demand what is compared, one thing at a time: this process, or another one that is asked over its standard input.
/// So the contestants take turns, and only one of them runs at any time.
/// </summary>
internal interface IContestant : IDisposable
{
    /// <summary>
    /// Does something once and measures it. <c>step</c>: forward and backward pass with dropout, then clipping and AdamW; seconds of each.
    /// <c>decode</c>: seconds of one decoding iteration. <c>memory</c>: bytes, beside parameters and moments, that the forward
    /// pass leaves for the backward pass, and at the peak of both.
    /// </summary>
    /// <exception cref="ArgumentException">It cannot do that.</exception>
    double[] Do(string what);
}
