using System.ComponentModel;

#pragma warning disable CS1591 // the members are documented on ILanes, IScalar and IArithmetic

using ILGPU;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>Numbers of 32 bits.</summary>
/// <typeparam name="F">Functions of them.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Floats<F> : IScalar<float>, INumberParts<float>
    where F : struct, IFloatFunctions
{
    private const float Unit = (float)1 / (1 << 24);

    public static float Create(double value) => (float)value;

    public static float Of(int value) => value;

    public static int ToInt(float value) => (int)FloatFunctions.Round(value);

    public static float FromSingle(float value) => value;

    public static float ToSingle(float value) => value;

    public static float MultiplyAdd(float a, float b, float c) => FusedArithmetic.MultiplyAdd(a, b, c);

    public static float Add(float a, float b) => a + b;

    public static float Sub(float a, float b) => a - b;

    public static float Difference(float a, float b) => a == b ? 0 : a - b;

    public static float Mul(float a, float b) => a * b;

    public static float Gate(float a, float b) => b == 0 ? 0 : a * b;

    public static float Div(float a, float b) => a / b;

    public static float Fma(float a, float b, float c) => a * b + c;

    public static float Min(float a, float b) => Extrema.Min(a, b);

    public static float Max(float a, float b) => Extrema.Max(a, b);

    public static float Neg(float a) => -a;

    public static float Abs(float a) => MathF.Abs(a);

    public static float Sqrt(float a) => MathF.Sqrt(a);

    public static float Rsqrt(float a) => 1 / MathF.Sqrt(a);

    public static float Floor(float a) => FloatFunctions.Floor(a);

    public static float Exp(float a) => F.Exp(a);

    public static float Log(float a) => FloatFunctions.Log(a);

    public static float Erf(float a) => F.Erf(a);

    public static float Tanh(float a) => FloatMath.Tanh<Floats<F>, float>(a);

    public static float Sigmoid(float a) => F.Sigmoid(a);

    public static float Sin(float a) => FloatFunctions.Sin(a, 0);

    public static float Cos(float a) => FloatFunctions.Sin(a, 1);

    public static float Pow(float a, float b) => (float)Powers.Pow(a, b);

    public static float Atan2(float y, float x) => Angles.Of(y, x);

    public static bool Less(float a, float b) => Comparisons.IsLess(a, b);

    public static bool LessEqual(float a, float b) => Comparisons.IsAtMost(a, b);

    public static bool Equal(float a, float b) => a == b;

    public static bool And(bool a, bool b) => a & b;

    public static bool Or(bool a, bool b) => a | b;

    public static bool Not(bool a) => !a;

    public static float Select(bool condition, float a, float b) => condition ? a : b;

    public static bool Select(bool condition, bool a, bool b) => condition ? a : b;

    public static float Random(uint seed, uint stream, uint index) => Fraction(Philox.Word<CardProduct>(index, stream, seed));

    public static float RandomFrom(uint seed, uint stream, uint index) => Random(seed, stream, index);

    public static bool RandomBelow(uint seed, uint stream, uint index, RandomLimit limit)
        => limit.IsAbove(Philox.Word<CardProduct>(index, stream, seed));

    public static bool RandomBelowFrom(uint seed, uint stream, uint index, RandomLimit limit) => RandomBelow(seed, stream, index, limit);

    public static float First(int count, float value, float other) => value;

    public static float Fraction(uint word) => (int)(word >> 8) * Unit;

    public static RandomLimit Limit(float number) => new(MathF.Ceiling(number * RandomLimit.Fractions));

    public static int Width => 1;

    public static float Splat(float value) => value;

    public static bool Splat(bool value) => value;

    public static float Iota(int first, int step) => first;

    public static float Load(ArrayView<float> from, int at) => from[at];

    public static float LoadShort<H>(ArrayView<H> from, int at)
        where H : unmanaged, IStored<float, H>
        => H.Value(from[at]);

    public static float LoadIds(ArrayView<int> from, int at) => from[at];

    public static void Store(ArrayView<float> to, int at, float value) => to[at] = value;

    public static void StoreShort<H>(ArrayView<H> to, int at, float value)
        where H : unmanaged, IStored<float, H>
        => to[at] = H.Of(value);

    public static void StoreIds(ArrayView<int> to, int at, float value) => to[at] = ToInt(value);

    public static float Sum(float value) => value;

    public static float Largest(float value) => value;

    public static float Smallest(float value) => value;

    public static void TakeLargest(ref float best, ref int place, float value, int at)
    {
        if (And(Equal(best, best), Not(LessEqual(value, best)))) (best, place) = (value, at);
    }

    public static void TakeSmallest(ref float best, ref int place, float value, int at)
    {
        if (And(Equal(best, best), Not(LessEqual(best, value)))) (best, place) = (value, at);
    }

    static float INumberParts<float>.Round(float a) => FloatFunctions.Round(a);

    static float INumberParts<float>.Clamp(float a, float least, float most) => Extrema.Min(Extrema.Max(a, least), most);

    static float INumberParts<float>.Scale(float a, float n) => FloatFunctions.Scale(a, (int)n);

    static float INumberParts<float>.Quotient(float a, float b) => a * Reciprocals.Of(b);

    static float INumberParts<float>.SelectLess(float a, float b, float yes, float no)
        => Comparisons.IsLess(a, b) ? yes : no;

    static bool INumberParts<float>.IsAnyLess(float a, float b) => Comparisons.IsLess(a, b);

    static float INumberParts<float>.CopySign(float magnitude, float sign)
        => BitConverter.SingleToInt32Bits(sign) < 0 ? -MathF.Abs(magnitude) : MathF.Abs(magnitude);
}
