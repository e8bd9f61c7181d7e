using System.ComponentModel;

#pragma warning disable CS1591 // the members are documented on ILanes, IScalar and IArithmetic

using ILGPU;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>Numbers of 64 bits.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Float64 : IScalar<double>, INumberParts<double>
{
    private const double Unit = (double)1 / (1 << 24);

    // From here on numbers are whole.
    private const double Whole = 1L << 52;

    public static double Create(double value) => (double)value;

    public static double Of(int value) => value;

    public static int ToInt(double value) => (int)Round(value);

    public static double FromSingle(float value) => value;

    public static float ToSingle(double value) => (float)value;

    public static double MultiplyAdd(double a, double b, double c) => FusedArithmetic.MultiplyAdd(a, b, c);

    public static double Add(double a, double b) => a + b;

    public static double Sub(double a, double b) => a - b;

    public static double Difference(double a, double b) => a == b ? 0 : a - b;

    public static double Mul(double a, double b) => a * b;

    public static double Gate(double a, double b) => b == 0 ? 0 : a * b;

    public static double Div(double a, double b) => a / b;

    public static double Fma(double a, double b, double c) => a * b + c;

    // Without branches: the threads of a warp would wait for each other at every one.
    public static double Min(double a, double b) => Comparisons.IsLess(b, a) | double.IsNaN(b) ? b : a;

    public static double Max(double a, double b) => Comparisons.IsLess(a, b) | double.IsNaN(b) ? b : a;

    public static double Neg(double a) => -a;

    public static double Abs(double a) => Math.Abs(a);

    public static double Sqrt(double a) => Math.Sqrt(a);

    public static double Rsqrt(double a) => 1 / Math.Sqrt(a);

    public static double Floor(double a)
    {
        if (!Comparisons.IsLess(Math.Abs(a), Whole)) return a;
        double cut = (long)a;
        // A zero keeps its sign.
        return cut == a ? a : cut > a ? cut - 1 : cut;
    }

    public static double Exp(double a) => DoubleFunctions.Exp(a);

    public static double Log(double a) => DoubleFunctions.Log(a);

    public static double Erf(double a) => DoubleMath.Erf<Float64, double>(a);

    public static double Tanh(double a) => DoubleMath.Tanh<Float64, double>(a);

    public static double Sigmoid(double a) => 1 / (1 + Exp(-a));

    public static double Sin(double a) => DoubleFunctions.Sin(a, 0);

    public static double Cos(double a) => DoubleFunctions.Sin(a, 1);

    public static double Pow(double a, double b) => Powers.Pow(a, b);

    public static double Atan2(double y, double x) => Angles.Of(y, x);

    public static bool Less(double a, double b) => Comparisons.IsLess(a, b);

    public static bool LessEqual(double a, double b) => Comparisons.IsAtMost(a, b);

    public static bool Equal(double a, double b) => a == b;

    public static bool And(bool a, bool b) => a & b;

    public static bool Or(bool a, bool b) => a | b;

    public static bool Not(bool a) => !a;

    public static double Select(bool condition, double a, double b) => condition ? a : b;

    public static bool Select(bool condition, bool a, bool b) => condition ? a : b;

    public static double Random(uint seed, uint stream, uint index) => Fraction(Philox.Word<CardProduct>(index, stream, seed));

    public static double RandomFrom(uint seed, uint stream, uint index) => Random(seed, stream, index);

    public static bool RandomBelow(uint seed, uint stream, uint index, RandomLimit limit)
        => limit.IsAbove(Philox.Word<CardProduct>(index, stream, seed));

    public static bool RandomBelowFrom(uint seed, uint stream, uint index, RandomLimit limit) => RandomBelow(seed, stream, index, limit);

    public static double First(int count, double value, double other) => value;

    public static double Fraction(uint word) => (int)(word >> 8) * Unit;

    public static RandomLimit Limit(double number) => new((float)Math.Ceiling(number * RandomLimit.Fractions));

    public static int Width => 1;

    public static double Splat(double value) => value;

    public static bool Splat(bool value) => value;

    public static double Iota(int first, int step) => first;

    public static double Load(ArrayView<double> from, int at) => from[at];

    public static double LoadShort<H>(ArrayView<H> from, int at)
        where H : unmanaged, IStored<double, H>
        => H.Value(from[at]);

    public static double LoadIds(ArrayView<int> from, int at) => from[at];

    public static void Store(ArrayView<double> to, int at, double value) => to[at] = value;

    public static void StoreShort<H>(ArrayView<H> to, int at, double value)
        where H : unmanaged, IStored<double, H>
        => to[at] = H.Of(value);

    public static void StoreIds(ArrayView<int> to, int at, double value) => to[at] = ToInt(value);

    public static double Sum(double value) => value;

    public static double Largest(double value) => value;

    public static double Smallest(double value) => value;

    public static void TakeLargest(ref double best, ref int place, double value, int at)
    {
        if (And(Equal(best, best), Not(LessEqual(value, best)))) (best, place) = (value, at);
    }

    public static void TakeSmallest(ref double best, ref int place, double value, int at)
    {
        if (And(Equal(best, best), Not(LessEqual(best, value)))) (best, place) = (value, at);
    }

    static double INumberParts<double>.Round(double a) => Round(a);

    static double INumberParts<double>.Clamp(double a, double least, double most)
    {
        a = Comparisons.IsLess(a, least) ? least : a;
        return Comparisons.IsLess(most, a) ? most : a;
    }

    static double INumberParts<double>.Scale(double a, double n) => DoubleFunctions.Scale(a, (int)n);

    static double INumberParts<double>.Quotient(double a, double b) => a / b;

    static double INumberParts<double>.SelectLess(double a, double b, double yes, double no)
        => Comparisons.IsLess(a, b) ? yes : no;

    static bool INumberParts<double>.IsAnyLess(double a, double b) => Comparisons.IsLess(a, b);

    static double INumberParts<double>.CopySign(double magnitude, double sign)
        => BitConverter.DoubleToInt64Bits(sign) < 0 ? -Math.Abs(magnitude) : Math.Abs(magnitude);

    /// <summary>The nearest integer, ties to even: where numbers are whole, adding rounds.</summary>
    internal static double Round(double a)
        => !Comparisons.IsLess(Math.Abs(a), Whole) ? a : a < 0 ? a - Whole + Whole : a + Whole - Whole;
}
