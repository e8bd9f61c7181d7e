using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

#pragma warning disable CS1591 // the members are documented on ISimd

namespace MageDsl.Devices.Cpu;

/// <summary>256-bit vectors of float or double, on AVX2 with FMA.</summary>
public readonly unsafe struct Simd256<T> : ISimd<T, Vector256<T>>, ISimdBits<Vector256<T>>
    where T : unmanaged
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    // A constant to the JIT, as everything that depends on it.
    private static bool IsFloat
    {
        [MethodImpl(Inline)]
        get => typeof(T) == typeof(float);
    }

    public static int Width
    {
        [MethodImpl(Inline)]
        get => Vector256<T>.Count;
    }

    [MethodImpl(Inline)]
    public static Vector256<T> Load(T* p) => Vector256.Load(p);

    [MethodImpl(Inline)]
    public static void Store(T* p, Vector256<T> v) => v.Store(p);

    [MethodImpl(Inline)]
    public static void StoreStream(T* p, Vector256<T> v)
    {
        if ((nuint)p % (nuint)sizeof(Vector256<T>) == 0)
            v.StoreAlignedNonTemporal(p);
        else
            v.Store(p);
    }

    [MethodImpl(Inline)]
    public static Vector256<T> LoadTail(T* p, nint n) => LoadMasked(p, Below(n));

    [MethodImpl(Inline)]
    public static void StoreTail(T* p, Vector256<T> v, nint n)
    {
        if (IsFloat)
            Avx.MaskStore((float*)p, Below(n).AsSingle(), v.AsSingle());
        else
            Avx.MaskStore((double*)p, Below(n).AsDouble(), v.AsDouble());
    }

    [MethodImpl(Inline)]
    public static Vector256<T> LoadWindow(T* p, nint i, nint lo, nint hi)
    {
        if (lo <= i && i + Width <= hi)
            return Load(p + i);
        var first = Math.Clamp(lo - i, 0, Width);
        var end = Math.Clamp(hi - i, 0, Width);
        return LoadMasked(p + i, Vector256.AndNot(Below(end), Below(first)));
    }

    [MethodImpl(Inline)]
    public static Vector256<T> LoadStrided(T* p, nint stride, nint n)
        => stride == 1 ? LoadTail(p, n) : SimdLanes.LoadStrided<T, Vector256<T>>(p, stride, n);

    [MethodImpl(Inline)]
    public static void StoreStrided(T* p, nint stride, Vector256<T> v, nint n)
    {
        if (stride == 1)
            StoreTail(p, v, n);
        else
            SimdLanes.StoreStrided(p, stride, v, n);
    }

    [MethodImpl(Inline)]
    public static Vector256<T> LoadIds(int* p, nint stride, nint n)
        => IsFloat && stride == 1
            ? Vector256.ConvertToSingle(Simd256<float>.LoadTail((float*)p, n).AsInt32()).As<float, T>()
            : SimdLanes.LoadIds<T, Vector256<T>>(p, stride, n);

    [MethodImpl(Inline)]
    public static void StoreIds(int* p, nint stride, Vector256<T> v, nint n) => SimdLanes.StoreIds<T, Vector256<T>>(p, stride, v, n);

    [MethodImpl(Inline)]
    public static Vector256<T> LoadGather(T* p, Vector256<T> index, nint stride, nint n)
        => SimdLanes.LoadGather(p, index, stride, n);

    [MethodImpl(Inline)]
    public static Vector256<T> Create(T value) => Vector256.Create(value);

    [MethodImpl(Inline)]
    public static Vector256<T> Create(double value)
        => IsFloat ? Vector256.Create((float)value).As<float, T>() : Vector256.Create(value).As<double, T>();

    [MethodImpl(Inline)]
    public static Vector256<T> Iota(nint start, nint step)
        => IsFloat
            ? Vector256.ConvertToSingle(Vector256.Create((int)start) + Vector256<int>.Indices * (int)step).As<float, T>()
            : Vector256.ConvertToDouble(Vector256.Create((long)start) + Vector256<long>.Indices * (long)step).As<double, T>();

    [MethodImpl(Inline)]
    public static T First(Vector256<T> v) => v.ToScalar();

    [MethodImpl(Inline)]
    public static Vector256<T> Keep(Vector256<T> v, nint n, Vector256<T> neutral) => Vector256.ConditionalSelect(Below(n), v, neutral);

    [MethodImpl(Inline)]
    public static Vector256<T> Add(Vector256<T> a, Vector256<T> b) => a + b;

    [MethodImpl(Inline)]
    public static Vector256<T> Sub(Vector256<T> a, Vector256<T> b) => a - b;

    [MethodImpl(Inline)]
    public static Vector256<T> Difference(Vector256<T> a, Vector256<T> b) => Vector256.ConditionalSelect(~Vector256.Equals(a, b), a - b, Vector256<T>.Zero);

    [MethodImpl(Inline)]
    public static Vector256<T> Mul(Vector256<T> a, Vector256<T> b) => a * b;

    [MethodImpl(Inline)]
    public static Vector256<T> Gate(Vector256<T> a, Vector256<T> b) => Vector256.ConditionalSelect(~Vector256.Equals(b, Vector256<T>.Zero), a * b, Vector256<T>.Zero);

    [MethodImpl(Inline)]
    public static Vector256<T> Div(Vector256<T> a, Vector256<T> b) => a / b;

    [MethodImpl(Inline)]
    public static Vector256<T> Fma(Vector256<T> a, Vector256<T> b, Vector256<T> c)
        => IsFloat
            ? Vector256.MultiplyAddEstimate(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>()
            : Vector256.MultiplyAddEstimate(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();

    // The native minimum and maximum of x86 give the second operand if both are equal or either is NaN (others give NaN then).
    [MethodImpl(Inline)]
    public static Vector256<T> Min(Vector256<T> a, Vector256<T> b) => Vector256.ConditionalSelect(Vector256.Equals(b, b), Vector256.MinNative(b, a), b);

    [MethodImpl(Inline)]
    public static Vector256<T> Max(Vector256<T> a, Vector256<T> b) => Vector256.ConditionalSelect(Vector256.Equals(b, b), Vector256.MaxNative(b, a), b);

    [MethodImpl(Inline)]
    public static Vector256<T> Neg(Vector256<T> a) => -a;

    [MethodImpl(Inline)]
    public static Vector256<T> Abs(Vector256<T> a) => Vector256.Abs(a);

    [MethodImpl(Inline)]
    public static Vector256<T> Sqrt(Vector256<T> a) => Vector256.Sqrt(a);

    [MethodImpl(Inline)]
    public static Vector256<T> Rsqrt(Vector256<T> a) => Vector256<T>.One / Vector256.Sqrt(a);

    [MethodImpl(Inline)]
    public static Vector256<T> Floor(Vector256<T> a)
        => IsFloat ? Vector256.Floor(a.AsSingle()).As<float, T>() : Vector256.Floor(a.AsDouble()).As<double, T>();

    [MethodImpl(Inline)]
    public static Vector256<T> Exp(Vector256<T> a)
        => IsFloat
            ? SimdMath.Exp<Simd256<float>, Vector256<float>>(a.AsSingle()).As<float, T>()
            : Vector256.Exp(a.AsDouble()).As<double, T>();

    [MethodImpl(Inline)]
    public static Vector256<T> Log(Vector256<T> a)
        => IsFloat ? Vector256.Log(a.AsSingle()).As<float, T>() : Vector256.Log(a.AsDouble()).As<double, T>();

    [MethodImpl(Inline)]
    public static Vector256<T> Erf(Vector256<T> a)
        => IsFloat
            ? SimdMath.Erf<Simd256<float>, Vector256<float>>(a.AsSingle()).As<float, T>()
            : SimdMathDouble.Erf<Simd256<double>, Vector256<double>>(a.AsDouble()).As<double, T>();

    [MethodImpl(Inline)]
    public static Vector256<T> Tanh(Vector256<T> a)
        => IsFloat
            ? SimdMath.Tanh<Simd256<float>, Vector256<float>>(a.AsSingle()).As<float, T>()
            : SimdMathDouble.Tanh<Simd256<double>, Vector256<double>>(a.AsDouble()).As<double, T>();

    [MethodImpl(Inline)]
    public static Vector256<T> Sigmoid(Vector256<T> a) => Vector256<T>.One / (Vector256<T>.One + Exp(-a));

    [MethodImpl(Inline)]
    public static Vector256<T> Sin(Vector256<T> a)
        => IsFloat ? Vector256.Sin(a.AsSingle()).As<float, T>() : Vector256.Sin(a.AsDouble()).As<double, T>();

    [MethodImpl(Inline)]
    public static Vector256<T> Cos(Vector256<T> a)
        => IsFloat ? Vector256.Cos(a.AsSingle()).As<float, T>() : Vector256.Cos(a.AsDouble()).As<double, T>();

    [MethodImpl(Inline)]
    public static Vector256<T> Pow(Vector256<T> a, Vector256<T> b) => SimdLanes.Pow<T, Vector256<T>>(a, b);

    [MethodImpl(Inline)]
    public static Vector256<T> Less(Vector256<T> a, Vector256<T> b) => Vector256.LessThan(a, b);

    [MethodImpl(Inline)]
    public static Vector256<T> LessEqual(Vector256<T> a, Vector256<T> b) => Vector256.LessThanOrEqual(a, b);

    [MethodImpl(Inline)]
    public static Vector256<T> Equal(Vector256<T> a, Vector256<T> b) => Vector256.Equals(a, b);

    [MethodImpl(Inline)]
    public static Vector256<T> And(Vector256<T> a, Vector256<T> b) => a & b;

    [MethodImpl(Inline)]
    public static Vector256<T> Or(Vector256<T> a, Vector256<T> b) => a | b;

    [MethodImpl(Inline)]
    public static Vector256<T> Not(Vector256<T> a) => ~a;

    [MethodImpl(Inline)]
    public static Vector256<T> Select(Vector256<T> mask, Vector256<T> a, Vector256<T> b) => Vector256.ConditionalSelect(mask, a, b);

    [MethodImpl(Inline)]
    public static T Sum(Vector256<T> v) => Vector256.Sum(v);

    [MethodImpl(Inline)]
    public static double Total(Vector256<T> v) => IsFloat ? Vector256.Sum(v.AsSingle()) : Vector256.Sum(v.AsDouble());

    [MethodImpl(Inline)]
    public static void AddTotals(double* totals, Vector256<T> v)
    {
        if (!IsFloat)
        {
            (Vector256.Load(totals) + v.AsDouble()).Store(totals);
            return;
        }
        var (low, high) = Vector256.Widen(v.AsSingle());
        (Vector256.Load(totals) + low).Store(totals);
        totals += Vector256<double>.Count;
        (Vector256.Load(totals) + high).Store(totals);
    }

    [MethodImpl(Inline)]
    public static Vector256<T> LoadTotals(double* totals)
        => IsFloat
            ? Vector256.Narrow(Vector256.Load(totals), Vector256.Load(totals + Vector256<double>.Count)).As<float, T>()
            : Vector256.Load(totals).As<double, T>();

    [MethodImpl(Inline)]
    public static T Max(Vector256<T> v) => Simd128<T>.Max(Simd128<T>.Max(v.GetLower(), v.GetUpper()));

    [MethodImpl(Inline)]
    public static T Min(Vector256<T> v) => Simd128<T>.Min(Simd128<T>.Min(v.GetLower(), v.GetUpper()));

    [MethodImpl(Inline)]
    public static Vector256<T> Random(uint seed, uint stream, uint index, uint step)
        => IsFloat
            ? SimdRandom.Floats256(seed, stream, index, step).As<float, T>()
            : SimdRandom.Doubles256(seed, stream, index, step).As<double, T>();

    public static T* RandomMemory(int number, nint count) => SimdRandoms<T, Simd256<T>, Vector256<T>>.Memory(number, count);

    [MethodImpl(Inline)]
    public static T* Randoms(T* to, uint seed, uint stream, uint index, nint count)
        => SimdRandoms<T, Simd256<T>, Vector256<T>>.Make(to, seed, stream, index, count);

    [MethodImpl(Inline)]
    static Vector256<T> ISimdBits<Vector256<T>>.Round(Vector256<T> a)
        => IsFloat ? Vector256.Round(a.AsSingle()).As<float, T>() : Vector256.Round(a.AsDouble()).As<double, T>();

    [MethodImpl(Inline)]
    static Vector256<T> ISimdBits<Vector256<T>>.Scale(Vector256<T> a, Vector256<T> n)
    {
        // In two steps, each a normal power of two, so that results may be subnormal or overflow.
        var exponent = Vector256.ConvertToInt32(n.AsSingle());
        var half = exponent >> 1;
        var low = ((half + Vector256.Create(127)) << 23).AsSingle();
        var high = ((exponent - half + Vector256.Create(127)) << 23).AsSingle();
        return (a.AsSingle() * low * high).As<float, T>();
    }

    [MethodImpl(Inline)]
    static Vector256<T> ISimdBits<Vector256<T>>.Clamp(Vector256<T> a, Vector256<T> least, Vector256<T> most)
        => Vector256.MinNative(most, Vector256.MaxNative(least, a));

    [MethodImpl(Inline)]
    static Vector256<T> ISimdBits<Vector256<T>>.Quotient(Vector256<T> a, Vector256<T> b) => a / b;

    [MethodImpl(Inline)]
    static Vector256<T> ISimdBits<Vector256<T>>.CopySign(Vector256<T> magnitude, Vector256<T> sign)
        => Vector256.ConditionalSelect(Create(-0.0), sign, magnitude);

    /// <summary>Lanes below n.</summary>
    [MethodImpl(Inline)]
    private static Vector256<T> Below(nint n)
        => IsFloat
            ? Vector256.LessThan(Vector256<int>.Indices, Vector256.Create((int)n)).As<int, T>()
            : Vector256.LessThan(Vector256<long>.Indices, Vector256.Create((long)n)).As<long, T>();

    /// <summary>The lanes of p in the mask, zero elsewhere, where nothing is read.</summary>
    [MethodImpl(Inline)]
    private static Vector256<T> LoadMasked(T* p, Vector256<T> mask)
        => IsFloat
            ? Avx.MaskLoad((float*)p, mask.AsSingle()).As<float, T>()
            : Avx.MaskLoad((double*)p, mask.AsDouble()).As<double, T>();
}
