namespace MageDsl;

/// <summary>A value of a checkpoint as a module looks at it before it takes anything: the elements may still lie in a file.</summary>
/// <param name="Type">What its elements become.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="CopyTo">Copies the elements into a tensor of that shape, real if the value is; Float32 and Float64 are converted.</param>
internal sealed record StateValue(ElementType Type, int[] Shape, Action<Tensor> CopyTo)
{
    /// <summary>A tensor.</summary>
    public static StateValue Of(Tensor tensor) => new(tensor.Type, [.. tensor.Shape], destination =>
    {
        using var cast = tensor.Type == destination.Type ? null : tensor.Cast(destination.Type);
        (cast ?? tensor).CopyTo(destination, $"{nameof(Module)}.{nameof(Module.LoadStateDict)}");
    });

    /// <summary>Tensors by key.</summary>
    public static Dictionary<string, StateValue> Of(IReadOnlyDictionary<string, Tensor> tensors)
        => tensors.ToDictionary(pair => pair.Key, pair => Of(pair.Value));

    /// <summary>Type and shape, for messages.</summary>
    public override string ToString() => $"{Type} {Tensor.ShapeText(Shape)}";
}
