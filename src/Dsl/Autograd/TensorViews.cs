namespace MageDsl;

/// <summary>Views of tensors, which a <see cref="GradientTape"/> records as it does launches.</summary>
public static class TensorViews
{
    /// <summary>
    /// The same memory under another shape; one size may be -1 and follows from the others. Neither copies: both see each
    /// other's writes, and the memory lives as long as either.
    /// </summary>
    /// <exception cref="ArgumentException">The shape does not hold as many elements; the message names both shapes.</exception>
    public static Tensor Reshape(this Tensor tensor, params ReadOnlySpan<int> shape)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        var view = tensor.View(shape);
        if (GradientTape.IsRecording(tensor))
        {
            var original = tensor.Shape.ToArray();
            GradientTape.Current!.Record(
                "Tensor.Reshape", [tensor], [view], (gradients, needed) => [needed[0] ? gradients[0].Reshape(original) : null], reads: []);
        }

        return view;
    }
}
