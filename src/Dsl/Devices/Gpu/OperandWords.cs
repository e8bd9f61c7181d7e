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

    /// <summary>See <see cref="WarpGroups.MultiplyTf32"/>.</summary>
    static abstract void Multiply(ref Quad<uint> rows, ref Quad<uint> columns);

    /// <summary>See <see cref="WideWarpGroups.MultiplyTf32"/>.</summary>
    static abstract void Multiply(ref Quad<uint> rows, ref Quad<uint> columns, int adds);
}

/// <summary>8 bits of exponent, 10 behind the point.</summary>
internal readonly struct Tf32Word : IOperandWord
{
    public static int Terms => 1;

    public static uint Of(float first, float second) => TensorCores.RoundTf32(first);

    public static Quad<float> Multiply(Quad<uint> a, uint b0, uint b1, Quad<float> c) => TensorCores.MultiplyTf32(a, b0, b1, c);

    public static void Multiply(ref Quad<uint> rows, ref Quad<uint> columns)
        => WarpGroups.MultiplyTf32(ref rows, ref columns);

    public static void Multiply(ref Quad<uint> rows, ref Quad<uint> columns, int adds)
        => WideWarpGroups.MultiplyTf32(ref rows, ref columns, adds);
}

/// <summary>8 bits of exponent, 7 behind the point.</summary>
internal readonly struct BFloat16Word : IOperandWord
{
    public static int Terms => 2;

    public static uint Of(float first, float second) => TensorCores.RoundBFloat16(first, second);

    public static Quad<float> Multiply(Quad<uint> a, uint b0, uint b1, Quad<float> c) => TensorCores.MultiplyBFloat16(a, b0, b1, c);

    public static void Multiply(ref Quad<uint> rows, ref Quad<uint> columns)
        => WarpGroups.MultiplyBFloat16(ref rows, ref columns);

    public static void Multiply(ref Quad<uint> rows, ref Quad<uint> columns, int adds)
        => WideWarpGroups.MultiplyBFloat16(ref rows, ref columns, adds);
}

/// <summary>Words of an operand.</summary>
internal static class OperandWords<TOperand, TStage, T, S, TWord>
    where TOperand : struct, IOperand<TStage, T>
    where TStage : struct, IGpuContraction<TStage, T>
    where T : unmanaged
    where S : struct, IScalar<T>
    where TWord : struct, IOperandWord
{
    /// <summary>Four neighbours, along what they lie densely along; beyond the operand zeros.</summary>
    public static Quad<uint> Four(GpuProduct<TStage, T> product, int batch, int own, int term)
    {
        var some = Quads<T, S>.Singles(Operand<TOperand, TStage, T, S>.Four(product, batch, own, term));
        if (TWord.Terms == 1) return new(TWord.Of(some.X, 0), TWord.Of(some.Y, 0), TWord.Of(some.Z, 0), TWord.Of(some.W, 0));
        var others = Quads<T, S>.Singles(Operand<TOperand, TStage, T, S>.Four(product, batch, own, term + (TOperand.IsAlongK ? 4 : 1)));
        return TOperand.IsAlongK
            ? new(TWord.Of(some.X, some.Y), TWord.Of(some.Z, some.W), TWord.Of(others.X, others.Y), TWord.Of(others.Z, others.W))
            : new(TWord.Of(some.X, others.X), TWord.Of(some.Y, others.Y), TWord.Of(some.Z, others.Z), TWord.Of(some.W, others.W));
    }
}
