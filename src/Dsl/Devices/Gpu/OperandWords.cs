using ILGPU;
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

/// <summary>What groups of warps multiply, too, straight from shared memory.</summary>
internal interface IGroupWord : IOperandWord
{
    /// <summary>See <see cref="WarpGroups.MultiplyTf32"/>.</summary>
    static abstract void Multiply(ref Quad<uint> rows, ref Quad<uint> columns);

    /// <summary>See <see cref="WideWarpGroups.MultiplyTf32"/>.</summary>
    static abstract void Multiply(ref Quad<uint> rows, ref Quad<uint> columns, int adds);
}

/// <summary>8 bits of exponent, 10 behind the point.</summary>
internal readonly struct Tf32Word : IGroupWord
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
internal readonly struct BFloat16Word : IGroupWord
{
    public static int Terms => 2;

    public static uint Of(float first, float second) => TensorCores.RoundBFloat16(first, second);

    public static Quad<float> Multiply(Quad<uint> a, uint b0, uint b1, Quad<float> c) => TensorCores.MultiplyBFloat16(a, b0, b1, c);

    public static void Multiply(ref Quad<uint> rows, ref Quad<uint> columns)
        => WarpGroups.MultiplyBFloat16(ref rows, ref columns);

    public static void Multiply(ref Quad<uint> rows, ref Quad<uint> columns, int adds)
        => WideWarpGroups.MultiplyBFloat16(ref rows, ref columns, adds);
}

/// <summary>
/// All 24 bits. A number is the nearest of TF32 and what is left, of which 11 bits are kept: of the four products of two such sums the least, 2^-22 of
/// the whole, is left out. What an instruction adds up tensor cores round towards zero, so it is not carried into the next, but added by an ordinary
/// addition: then sums are as exact as those of <c>fma</c>, and more so where they are long.
/// </summary>
/// <remarks>Splitting as in Ootomo and Yokota, arXiv 2203.03341, section 3. An infinite number leaves no number.</remarks>
internal readonly struct Float32Word : IOperandWord
{
    public static int Terms => 1;

    public static uint Of(float first, float second) => Interop.FloatAsInt(first);

    public static Quad<float> Multiply(Quad<uint> a, uint b0, uint b1, Quad<float> c)
    {
        var high = High(a);
        uint high0 = High(b0), high1 = High(b1);
        var sum = TensorCores.MultiplyTf32(Low(a, high), high0, high1, default);
        sum = TensorCores.MultiplyTf32(high, Low(b0, high0), Low(b1, high1), sum);
        sum = TensorCores.MultiplyTf32(high, high0, high1, sum);
        return new(c.X + sum.X, c.Y + sum.Y, c.Z + sum.Z, c.W + sum.W);
    }

    /// <summary>The first 11 bits of numbers.</summary>
    public static Quad<uint> High(Quad<uint> words) => new(High(words.X), High(words.Y), High(words.Z), High(words.W));

    /// <summary>The others: at most 12, of which tensor cores read 11.</summary>
    public static Quad<uint> Low(Quad<uint> words, Quad<uint> high)
        => new(Low(words.X, high.X), Low(words.Y, high.Y), Low(words.Z, high.Z), Low(words.W, high.W));

    private static uint High(uint word) => TensorCores.RoundTf32(Interop.IntAsFloat(word));

    private static uint Low(uint word, uint high) => Interop.FloatAsInt(Interop.IntAsFloat(word) - Interop.IntAsFloat(high));
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
