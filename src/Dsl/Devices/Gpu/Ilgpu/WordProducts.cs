using ILGPU;

namespace MageDsl.Devices.Gpu.Ilgpu;

/// <summary>What tensor cores make of two words, in plain arithmetic.</summary>
internal interface IWordProduct
{
    /// <summary>The product, or the sum of two.</summary>
    static abstract float Of(uint a, uint b);
}

/// <summary>One number of TF32 each; the bits that it has not are passed over.</summary>
internal readonly struct Tf32Product : IWordProduct
{
    public static float Of(uint a, uint b) => Interop.IntAsFloat(a & 0xFFFFE000u) * Interop.IntAsFloat(b & 0xFFFFE000u);
}

/// <summary>Two neighbours of bfloat16 each.</summary>
internal readonly struct BFloat16Product : IWordProduct
{
    public static float Of(uint a, uint b)
        => (Interop.IntAsFloat(a << 16) * Interop.IntAsFloat(b << 16)) + (Interop.IntAsFloat(a & 0xFFFF0000u) * Interop.IntAsFloat(b & 0xFFFF0000u));
}
