using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>What tensor cores multiply: words of 32 bits, with one or two numbers along k.</summary>
internal interface IOperandWord
{
    /// <summary>Numbers of a word.</summary>
    static abstract int Terms { get; }

    /// <summary>A word of them.</summary>
    static abstract uint Of(float first, float second);

    /// <summary>See <see cref="TensorCores.MultiplyTf32"/>.</summary>
    static abstract Quad<float> Multiply(Quad<uint> a, uint b0, uint b1, Quad<float> c);
}

/// <summary>8 bits of exponent, 10 behind the point.</summary>
internal readonly struct Tf32Word : IOperandWord
{
    public static int Terms => 1;

    public static uint Of(float first, float second) => TensorCores.RoundTf32(first);

    public static Quad<float> Multiply(Quad<uint> a, uint b0, uint b1, Quad<float> c) => TensorCores.MultiplyTf32(a, b0, b1, c);
}

/// <summary>8 bits of exponent, 7 behind the point.</summary>
internal readonly struct BFloat16Word : IOperandWord
{
    public static int Terms => 2;

    public static uint Of(float first, float second) => TensorCores.RoundBFloat16(first, second);

    public static Quad<float> Multiply(Quad<uint> a, uint b0, uint b1, Quad<float> c) => TensorCores.MultiplyBFloat16(a, b0, b1, c);
}
