namespace MageDsl;

/// <summary>A tensor whose elements the backward pass of a launch reads. It must not change before <see cref="GradientTape.Backward"/>.</summary>
/// <param name="Tensor">An input or a result of the launch.</param>
/// <param name="Name">What the launch calls it, for messages: a parameter's name, or which result it is.</param>
/// <param name="For">The inputs whose gradients read it, as bits: 1 for the first, 2 for the second.</param>
public readonly record struct TapeRead(Tensor Tensor, string Name, long For = -1);
