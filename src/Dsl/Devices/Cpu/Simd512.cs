using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

#pragma warning disable CS1591 // the members are documented on ISimd and IArithmetic

namespace MageDsl.Devices.Cpu;

// Simd256 and Simd128 are made of this text, see [HalfWidthOf]: they say themselves only what they do otherwise.

/// <summary>512-bit vectors of float or double, on AVX-512.</summary>
public readonly unsafe struct Simd512<T> : ISimd<T, Vector512<T>>, INumberParts<Vector512<T>>
    where T : unmanaged
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    // A constant to the JIT, as everything that depends on it.
    private static bool IsFloat { [MethodImpl(Inline)] get => typeof(T) == typeof(float); }

    public static int Width { [MethodImpl(Inline)] get => Vector512<T>.Count; }

    [MethodImpl(Inline)]
    public static Vector512<T> Load(T* p) => Vector512.Load(p);

    [MethodImpl(Inline)]
    public static void Store(T* p, Vector512<T> v) => v.Store(p);

    [MethodImpl(Inline)]
    public static void StoreStream(T* p, Vector512<T> v)
    {
        if ((nuint)p % (nuint)sizeof(Vector512<T>) == 0)
            v.StoreAlignedNonTemporal(p);
        else
            v.Store(p);
    }

    [MethodImpl(Inline)]
    public static Vector512<T> LoadTail(T* p, nint n) => LoadMasked(p, Below(n));

    [MethodImpl(Inline)]
    public static void StoreTail(T* p, Vector512<T> v, nint n)
    {
        if (IsFloat)
            Avx512F.MaskStore((float*)p, Below(n).AsSingle(), v.AsSingle());
        else
            Avx512F.MaskStore((double*)p, Below(n).AsDouble(), v.AsDouble());
    }

    [MethodImpl(Inline)]
    public static Vector512<T> LoadWindow(T* p, nint i, nint lo, nint hi)
    {
        if (lo <= i && i + Width <= hi)
            return Load(p + i);
        var first = Math.Clamp(lo - i, 0, Width);
        var end = Math.Clamp(hi - i, 0, Width);
        return LoadMasked(p + i, Vector512.AndNot(Below(end), Below(first)));
    }

    [MethodImpl(Inline)]
    public static Vector512<T> LoadStrided(T* p, nint stride, nint n)
        => stride == 1 ? LoadTail(p, n) : SimdLanes.LoadStrided<T, Vector512<T>>(p, stride, n);

    [MethodImpl(Inline)]
    public static void StoreStrided(T* p, nint stride, Vector512<T> v, nint n)
    {
        if (stride == 1)
            StoreTail(p, v, n);
        else
            SimdLanes.StoreStrided(p, stride, v, n);
    }

    [MethodImpl(Inline)]
    public static Vector512<T> LoadIds(int* p, nint stride, nint n)
        => IsFloat && stride == 1
            ? Vector512.ConvertToSingle(Simd512<float>.LoadTail((float*)p, n).AsInt32()).As<float, T>()
            : SimdLanes.LoadIds<T, Vector512<T>>(p, stride, n);

    [MethodImpl(Inline)]
    public static void StoreIds(int* p, nint stride, Vector512<T> v, nint n) => SimdLanes.StoreIds<T, Vector512<T>>(p, stride, v, n);

    [MethodImpl(Inline)]
    public static Vector512<T> LoadGather(T* p, Vector512<T> index, nint stride, nint n)
        => SimdLanes.LoadGather(p, index, stride, n);

    [MethodImpl(Inline)]
    public static Vector512<T> Create(T value) => Vector512.Create(value);

    [MethodImpl(Inline)]
    public static Vector512<T> Create(double value)
        => IsFloat ? Vector512.Create((float)value).As<float, T>() : Vector512.Create(value).As<double, T>();

    [MethodImpl(Inline)]
    public static Vector512<T> Iota(nint start, nint step)
        => IsFloat
            ? Vector512.ConvertToSingle(Vector512.Create((int)start) + Vector512<int>.Indices * (int)step).As<float, T>()
            : Vector512.ConvertToDouble(Vector512.Create((long)start) + Vector512<long>.Indices * (long)step).As<double, T>();

    [MethodImpl(Inline)]
    public static T First(Vector512<T> v) => v.ToScalar();

    [MethodImpl(Inline)]
    public static Vector512<T> Keep(Vector512<T> v, nint n, Vector512<T> neutral) => Vector512.ConditionalSelect(Below(n), v, neutral);

    [MethodImpl(Inline)]
    public static Vector512<T> Add(Vector512<T> a, Vector512<T> b) => a + b;

    [MethodImpl(Inline)]
    public static Vector512<T> Sub(Vector512<T> a, Vector512<T> b) => a - b;

    [MethodImpl(Inline)]
    public static Vector512<T> Difference(Vector512<T> a, Vector512<T> b)
        => Vector512.ConditionalSelect(~Vector512.Equals(a, b), a - b, Vector512<T>.Zero);

    [MethodImpl(Inline)]
    public static Vector512<T> Mul(Vector512<T> a, Vector512<T> b) => a * b;

    [MethodImpl(Inline)]
    public static Vector512<T> Gate(Vector512<T> a, Vector512<T> b)
        => Vector512.ConditionalSelect(~Vector512.Equals(b, Vector512<T>.Zero), a * b, Vector512<T>.Zero);

    [MethodImpl(Inline)]
    public static Vector512<T> Div(Vector512<T> a, Vector512<T> b) => a / b;

    [MethodImpl(Inline)]
    public static Vector512<T> Fma(Vector512<T> a, Vector512<T> b, Vector512<T> c)
        => IsFloat
            ? Vector512.MultiplyAddEstimate(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>()
            : Vector512.MultiplyAddEstimate(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();

    // The native minimum and maximum of x86 give the second operand if both are equal or either is NaN (others give NaN then).
    [MethodImpl(Inline)]
    public static Vector512<T> Min(Vector512<T> a, Vector512<T> b)
        => Vector512.ConditionalSelect(Vector512.Equals(b, b), Vector512.MinNative(b, a), b);

    [MethodImpl(Inline)]
    public static Vector512<T> Max(Vector512<T> a, Vector512<T> b)
        => Vector512.ConditionalSelect(Vector512.Equals(b, b), Vector512.MaxNative(b, a), b);

    [MethodImpl(Inline)]
    public static Vector512<T> Neg(Vector512<T> a) => -a;

    [MethodImpl(Inline)]
    public static Vector512<T> Abs(Vector512<T> a) => Vector512.Abs(a);

    [MethodImpl(Inline)]
    public static Vector512<T> Sqrt(Vector512<T> a) => Vector512.Sqrt(a);

    [MethodImpl(Inline)]
    public static Vector512<T> Rsqrt(Vector512<T> a) => Vector512<T>.One / Vector512.Sqrt(a);

    [MethodImpl(Inline)]
    public static Vector512<T> Floor(Vector512<T> a)
        => IsFloat ? Vector512.Floor(a.AsSingle()).As<float, T>() : Vector512.Floor(a.AsDouble()).As<double, T>();

    [MethodImpl(Inline)]
    public static Vector512<T> Exp(Vector512<T> a)
        => IsFloat
            ? FloatMath.Exp<Simd512<float>, Vector512<float>>(a.AsSingle()).As<float, T>()
            : Vector512.Exp(a.AsDouble()).As<double, T>();

    [MethodImpl(Inline)]
    public static Vector512<T> Log(Vector512<T> a)
        => IsFloat ? Vector512.Log(a.AsSingle()).As<float, T>() : Vector512.Log(a.AsDouble()).As<double, T>();

    [MethodImpl(Inline)]
    public static Vector512<T> Erf(Vector512<T> a)
        => IsFloat
            ? FloatMath.Erf<Simd512<float>, Vector512<float>>(a.AsSingle()).As<float, T>()
            : DoubleMath.Erf<Simd512<double>, Vector512<double>>(a.AsDouble()).As<double, T>();

    [MethodImpl(Inline)]
    public static Vector512<T> Tanh(Vector512<T> a)
        => IsFloat
            ? FloatMath.Tanh<Simd512<float>, Vector512<float>>(a.AsSingle()).As<float, T>()
            : DoubleMath.Tanh<Simd512<double>, Vector512<double>>(a.AsDouble()).As<double, T>();

    [MethodImpl(Inline)]
    public static Vector512<T> Sigmoid(Vector512<T> a) => Vector512<T>.One / (Vector512<T>.One + Exp(-a));

    [MethodImpl(Inline)]
    public static Vector512<T> Sin(Vector512<T> a)
        => IsFloat ? Vector512.Sin(a.AsSingle()).As<float, T>() : Vector512.Sin(a.AsDouble()).As<double, T>();

    [MethodImpl(Inline)]
    public static Vector512<T> Cos(Vector512<T> a)
        => IsFloat ? Vector512.Cos(a.AsSingle()).As<float, T>() : Vector512.Cos(a.AsDouble()).As<double, T>();

    [MethodImpl(Inline)]
    public static Vector512<T> Pow(Vector512<T> a, Vector512<T> b) => SimdLanes.Pow<T, Vector512<T>>(a, b);

    [MethodImpl(Inline)]
    public static Vector512<T> Atan2(Vector512<T> y, Vector512<T> x) => SimdLanes.Atan2<T, Vector512<T>>(y, x);

    [MethodImpl(Inline)]
    public static Vector512<T> Less(Vector512<T> a, Vector512<T> b) => Vector512.LessThan(a, b);

    [MethodImpl(Inline)]
    public static Vector512<T> LessEqual(Vector512<T> a, Vector512<T> b) => Vector512.LessThanOrEqual(a, b);

    [MethodImpl(Inline)]
    public static Vector512<T> Equal(Vector512<T> a, Vector512<T> b) => Vector512.Equals(a, b);

    [MethodImpl(Inline)]
    public static Vector512<T> And(Vector512<T> a, Vector512<T> b) => a & b;

    [MethodImpl(Inline)]
    public static Vector512<T> Or(Vector512<T> a, Vector512<T> b) => a | b;

    [MethodImpl(Inline)]
    public static Vector512<T> Not(Vector512<T> a) => ~a;

    [MethodImpl(Inline)]
    public static Vector512<T> Select(Vector512<T> mask, Vector512<T> a, Vector512<T> b) => Vector512.ConditionalSelect(mask, a, b);

    [MethodImpl(Inline)]
    public static T Sum(Vector512<T> v) => Vector512.Sum(v);

    [MethodImpl(Inline)]
    public static double Total(Vector512<T> v) => IsFloat ? Vector512.Sum(v.AsSingle()) : Vector512.Sum(v.AsDouble());

    [MethodImpl(Inline)]
    public static void AddTotals(double* totals, Vector512<T> v)
    {
        if (!IsFloat)
        {
            (Vector512.Load(totals) + v.AsDouble()).Store(totals);
            return;
        }
        var (low, high) = Vector512.Widen(v.AsSingle());
        (Vector512.Load(totals) + low).Store(totals);
        totals += Vector512<double>.Count;
        (Vector512.Load(totals) + high).Store(totals);
    }

    [MethodImpl(Inline)]
    public static Vector512<T> LoadTotals(double* totals)
        => IsFloat
            ? Vector512.Narrow(Vector512.Load(totals), Vector512.Load(totals + Vector512<double>.Count)).As<float, T>()
            : Vector512.Load(totals).As<double, T>();

    [MethodImpl(Inline)]
    public static T Max(Vector512<T> v) => Simd256<T>.Max(Simd256<T>.Max(v.GetLower(), v.GetUpper()));

    [MethodImpl(Inline)]
    public static T Min(Vector512<T> v) => Simd256<T>.Min(Simd256<T>.Min(v.GetLower(), v.GetUpper()));

    [MethodImpl(Inline)]
    public static Vector512<T> Random(uint seed, uint stream, uint index, uint step)
        => IsFloat
            ? SimdRandom512.Floats(seed, stream, index, step).As<float, T>()
            : SimdRandom512.Doubles(seed, stream, index, step).As<double, T>();

    public static T* RandomMemory(int number, nint count) => SimdRandoms<T, Simd512<T>, Vector512<T>>.Memory(number, count);

    [MethodImpl(Inline)]
    public static T* Randoms(T* to, uint seed, uint stream, uint index, nint count)
        => SimdRandoms<T, Simd512<T>, Vector512<T>>.Make(to, seed, stream, index, count);

    [MethodImpl(Inline)]
    static Vector512<T> INumberParts<Vector512<T>>.Round(Vector512<T> a)
        => IsFloat ? Vector512.Round(a.AsSingle()).As<float, T>() : Vector512.Round(a.AsDouble()).As<double, T>();

    [MethodImpl(Inline)]
    static Vector512<T> INumberParts<Vector512<T>>.Scale(Vector512<T> a, Vector512<T> n)
        => Avx512F.Scale(a.AsSingle(), n.AsSingle()).As<float, T>();

    [MethodImpl(Inline)]
    static Vector512<T> INumberParts<Vector512<T>>.Clamp(Vector512<T> a, Vector512<T> least, Vector512<T> most)
        => Vector512.MinNative(most, Vector512.MaxNative(least, a));

    // A division occupies the units for multiplications longer than an estimate and a step of Newton's do.
    [MethodImpl(Inline)]
    static Vector512<T> INumberParts<Vector512<T>>.Quotient(Vector512<T> a, Vector512<T> b)
    {
        if (!IsFloat) return a / b;
        var y = Avx512F.Reciprocal14(b.AsSingle());
        y *= Avx512F.FusedMultiplyAddNegated(b.AsSingle(), y, Vector512.Create(2f));
        return a * y.As<float, T>();
    }

    [MethodImpl(Inline)]
    static Vector512<T> INumberParts<Vector512<T>>.SelectLess(Vector512<T> a, Vector512<T> b, Vector512<T> yes, Vector512<T> no)
        => Vector512.ConditionalSelect(Vector512.LessThan(a, b), yes, no);

    [MethodImpl(Inline)]
    static bool INumberParts<Vector512<T>>.IsAnyLess(Vector512<T> a, Vector512<T> b) => Vector512.LessThanAny(a, b);

    [MethodImpl(Inline)]
    static Vector512<T> INumberParts<Vector512<T>>.CopySign(Vector512<T> magnitude, Vector512<T> sign)
        => Vector512.ConditionalSelect(Create(-0.0), sign, magnitude);

    /// <summary>Lanes below n.</summary>
    [MethodImpl(Inline)]
    private static Vector512<T> Below(nint n)
        => IsFloat
            ? Vector512.LessThan(Vector512<int>.Indices, Vector512.Create((int)n)).As<int, T>()
            : Vector512.LessThan(Vector512<long>.Indices, Vector512.Create((long)n)).As<long, T>();

    /// <summary>The lanes of p in the mask, zero elsewhere, where nothing is read.</summary>
    [MethodImpl(Inline)]
    private static Vector512<T> LoadMasked(T* p, Vector512<T> mask)
        => IsFloat
            ? Avx512F.MaskLoad((float*)p, mask.AsSingle(), Vector512<float>.Zero).As<float, T>()
            : Avx512F.MaskLoad((double*)p, mask.AsDouble(), Vector512<double>.Zero).As<double, T>();
}
