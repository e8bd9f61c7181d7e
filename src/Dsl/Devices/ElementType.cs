namespace MageDsl;

/// <summary>What a <see cref="Tensor"/> holds.</summary>
public enum ElementType
{
    /// <summary>32-bit floating point: weights, activations, gradients.</summary>
    Float32,

    /// <summary>64-bit floating point: gradient checks and references.</summary>
    Float64,

    /// <summary>32-bit integers: token ids and class labels; they have no gradient.</summary>
    Int32,
}

/// <summary>Sizes and .NET types of <see cref="ElementType"/>.</summary>
public static class ElementTypes
{
    /// <summary>Bytes of one element.</summary>
    public static int Bytes(this ElementType type) => type == ElementType.Float64 ? 8 : 4;

    /// <summary>True for the types that have gradients.</summary>
    public static bool IsReal(this ElementType type) => type != ElementType.Int32;

    /// <summary>The element type of <typeparamref name="T"/>: float, double or int.</summary>
    /// <exception cref="NotSupportedException">T is none of these.</exception>
    public static ElementType Of<T>()
        where T : unmanaged
        => typeof(T) == typeof(float) ? ElementType.Float32
            : typeof(T) == typeof(double) ? ElementType.Float64
            : typeof(T) == typeof(int) ? ElementType.Int32
            : throw new NotSupportedException($"a tensor holds float, double or int, not {typeof(T).Name}");
}
