using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace MageDsl;

/// <summary>Floating point numbers of 16 bits, as files hold them: they become float exactly.</summary>
internal static class ShortFloats
{
    /// <summary>Writes as many floats as there are numbers.</summary>
    public delegate void Widening(ReadOnlySpan<ushort> bits, Span<float> values);

    /// <summary>From IEEE 754's binary16: 5 bits of exponent, 10 of fraction.</summary>
    public static void FromHalf(ReadOnlySpan<ushort> bits, Span<float> values)
        => TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<ushort, Half>(bits), values);

    /// <summary>From bfloat16: the upper half of a float.</summary>
    public static void FromBrain(ReadOnlySpan<ushort> bits, Span<float> values)
    {
        for (var i = 0; i < bits.Length; i++)
        {
            values[i] = BitConverter.UInt32BitsToSingle((uint)bits[i] << 16);
        }
    }
}
