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

    /// <summary>
    /// Whether few products are to be added up before they are added to others, by an ordinary addition: what an instruction adds up it rounds
    /// towards zero, which is of account where all bits are wanted. Added so, sums are as exact as those of <c>fma</c>, and more so where they are
    /// long.
    /// </summary>
    static abstract bool AddsApart { get; }

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

    public static bool AddsApart => false;

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

    public static bool AddsApart => false;

    public static uint Of(float first, float second) => TensorCores.RoundBFloat16(first, second);

    public static Quad<float> Multiply(Quad<uint> a, uint b0, uint b1, Quad<float> c) => TensorCores.MultiplyBFloat16(a, b0, b1, c);

    public static void Multiply(ref Quad<uint> rows, ref Quad<uint> columns)
        => WarpGroups.MultiplyBFloat16(ref rows, ref columns);

    public static void Multiply(ref Quad<uint> rows, ref Quad<uint> columns, int adds)
        => WideWarpGroups.MultiplyBFloat16(ref rows, ref columns, adds);
}

/// <summary>
/// All 24 bits. A number is the nearest of TF32 and what is left, of which 11 bits are kept; of the four products of two such sums the least, 2^-22
/// of the whole, is left out.
/// </summary>
/// <remarks>
/// After Ootomo and Yokota, arXiv 2203.03341. What is no number stays none, but what is infinite leaves no number. Rounding is spelled out: the
/// instruction for it is five of the card, because it would keep all of a NaN, which what is left keeps in any case.
/// </remarks>
internal readonly struct Float32Word : IOperandWord
{
    public static int Terms => 1;

    public static bool AddsApart => true;

    public static uint Of(float first, float second) => Interop.FloatAsInt(first);

    public static Quad<float> Multiply(Quad<uint> a, uint b0, uint b1, Quad<float> c)
    {
        var high = High(a);
        uint high0 = High(b0), high1 = High(b1);
        c = TensorCores.MultiplyTf32(Low(a, high), high0, high1, c);
        c = TensorCores.MultiplyTf32(high, Low(b0, high0), Low(b1, high1), c);
        return TensorCores.MultiplyTf32(high, high0, high1, c);
    }

    /// <summary>The first 11 bits of numbers.</summary>
    public static Quad<uint> High(Quad<uint> words) => new(High(words.X), High(words.Y), High(words.Z), High(words.W));

    /// <summary>The others: at most 12, of which tensor cores read 11.</summary>
    public static Quad<uint> Low(Quad<uint> words, Quad<uint> high)
        => new(Low(words.X, high.X), Low(words.Y, high.Y), Low(words.Z, high.Z), Low(words.W, high.W));

    private static uint High(uint word) => (word + 0x1000u) & 0xFFFFE000u;

    private static uint Low(uint word, uint high) => Interop.FloatAsInt(Interop.IntAsFloat(word) - Interop.IntAsFloat(high));
}

/// <summary>Sums of products of words, added apart where they have to be.</summary>
internal static class WordSums<TWord>
    where TWord : struct, IOperandWord
{
    /// <summary>Adds the products of one instruction.</summary>
    public static Quad<float> Add(Quad<uint> a, uint b0, uint b1, Quad<float> sums)
        => TWord.AddsApart ? Both(sums, TWord.Multiply(a, b0, b1, default)) : TWord.Multiply(a, b0, b1, sums);

    /// <summary>What the sums of some instructions begin with, if they are to be added to these.</summary>
    public static Quad<Quad<float>> Begun(Quad<Quad<float>> sums) => TWord.AddsApart ? default : sums;

    /// <summary>These sums with those that have begun so.</summary>
    public static Quad<Quad<float>> Ended(Quad<Quad<float>> sums, Quad<Quad<float>> begun)
        => TWord.AddsApart ? Both(sums, begun) : begun;

    /// <summary>Both added up.</summary>
    public static Quad<Quad<float>> Both(Quad<Quad<float>> a, Quad<Quad<float>> b)
        => new(Both(a.X, b.X), Both(a.Y, b.Y), Both(a.Z, b.Z), Both(a.W, b.W));

    private static Quad<float> Both(Quad<float> a, Quad<float> b) => new(a.X + b.X, a.Y + b.Y, a.Z + b.Z, a.W + b.W);
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
