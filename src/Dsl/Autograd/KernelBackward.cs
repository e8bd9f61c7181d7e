namespace MageDsl;

/// <summary>The backward pass of one launch.</summary>
/// <param name="outputGradients">
/// One per output, of its shape and type; zeros for outputs that the loss does not depend on.
/// They may be returned as input gradients, but not be kept or written to: the tape frees them.
/// </param>
/// <param name="needed">For each input, whether its gradient is wanted.</param>
/// <returns>One gradient per input, of its shape and type; null where it is not wanted, or where there is none.</returns>
public delegate Tensor?[] KernelBackward(Tensor[] outputGradients, bool[] needed);
