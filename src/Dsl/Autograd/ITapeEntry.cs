namespace MageDsl;

/// <summary>Something that a tape has recorded.</summary>
internal interface ITapeEntry
{
    /// <summary>The tensors that it depends on.</summary>
    IEnumerable<TapeUse> Uses { get; }

    /// <summary>
    /// Turns the gradients of what it made, which are taken out of the map unless wanted by the caller of the tape, into gradients of what it
    /// used. Does nothing if there is no gradient of anything it made.
    /// </summary>
    /// <param name="gradients">The gradients so far.</param>
    /// <param name="isWanted">Whether the gradient of a tensor is wanted by the caller of the tape.</param>
    /// <exception cref="InvalidOperationException">A gradient does not fit its input, or a tensor that it needs has changed.</exception>
    /// <exception cref="ObjectDisposedException">A tensor that it needs is gone.</exception>
    void RunBackward(GradientMap gradients, Predicate<Tensor> isWanted);
}

/// <summary>A tensor that a recorded launch used.</summary>
/// <param name="Tensor">The tensor.</param>
/// <param name="Version">How often it had been changed by then.</param>
/// <param name="IsTracked">Whether gradients go back to it from there.</param>
/// <param name="Kernel">What was launched.</param>
internal readonly record struct TapeUse(Tensor Tensor, int Version, bool IsTracked, string Kernel)
{
    /// <summary>Whether it holds ids, which have no gradient.</summary>
    public bool HoldsIds => !Tensor.Type.IsReal();
}
