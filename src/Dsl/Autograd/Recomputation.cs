namespace MageDsl;

/// <summary>
/// Less memory for more time: parts of a forward pass whose activations are not kept for the backward pass, but computed once more then. What
/// PyTorch calls checkpointing.
/// </summary>
/// <remarks>Chen et al., "Training Deep Nets with Sublinear Memory Cost", arXiv 1604.06174.</remarks>
public static class Recomputation
{
    /// <summary>
    /// Runs a part of a forward pass. If a <see cref="GradientTape"/> records, only the results live on; all else that the part makes is freed,
    /// and <see cref="GradientTape.Backward"/> runs the part again when it comes to it. Results and gradients are the same, to the last bit, as
    /// without this. Parts may lie in parts.
    /// </summary>
    /// <param name="part">
    /// Computes the results of whatever it captures. What it reads must still be there, and unchanged, when it runs again, which is an error else
    /// where a recorded launch reads it; it must do the same then, with the same random numbers, and have no effect but its results.
    /// </param>
    /// <returns>What it returns, in the current <see cref="TensorScope"/>.</returns>
    public static Tensor[] Run(Func<Tensor[]> part)
    {
        ArgumentNullException.ThrowIfNull(part);
        return GradientTape.Current is { } tape ? RecomputedPart.Record(tape, part) : part();
    }

    /// <summary>The same with one result.</summary>
    /// <inheritdoc cref="Run(Func{Tensor[]})"/>
    public static Tensor Run(Func<Tensor> part)
    {
        ArgumentNullException.ThrowIfNull(part);
        return Run(() => [part()])[0];
    }
}
