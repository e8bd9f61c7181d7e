using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

#pragma warning disable CS1591 // the members are documented on ISimd

namespace MageDsl.Devices.Cpu;

/// <summary>128-bit vectors of float or double, on any machine.</summary>
public readonly unsafe struct Simd128<T> : ISimd<T, Vector128<T>>, ISimdBits<Vector128<T>>
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
        get => Vector128<T>.Count;
    }

    [MethodImpl(Inline)]
    public static Vector128<T> Load(T* p) => Vector128.Load(p);

    [MethodImpl(Inline)]
    public static void Store(T* p, Vector128<T> v) => v.Store(p);

    [MethodImpl(Inline)]
    public static void StoreStream(T* p, Vector128<T> v)
    {
        if ((nuint)p % (nuint)sizeof(Vector128<T>) == 0)
            v.StoreAlignedNonTemporal(p);
        else
            v.Store(p);
    }

    [MethodImpl(Inline)]
    public static Vector128<T> LoadTail(T* p, nint n)
        => Avx.IsSupported ? LoadMasked(p, Below(n)) : SimdLanes.LoadBetween<T, Vector128<T>>(p, 0, n);

    [MethodImpl(Inline)]
    public static void StoreTail(T* p, Vector128<T> v, nint n)
    {
        if (!Avx.IsSupported)
            SimdLanes.Store(p, v, n);
        else if (IsFloat)
            Avx.MaskStore((float*)p, Below(n).AsSingle(), v.AsSingle());
        else
            Avx.MaskStore((double*)p, Below(n).AsDouble(), v.AsDouble());
    }

    [MethodImpl(Inline)]
    public static Vector128<T> LoadWindow(T* p, nint i, nint lo, nint hi)
    {
        if (lo <= i && i + Width <= hi)
            return Load(p + i);
        var first = Math.Clamp(lo - i, 0, Width);
        var end = Math.Clamp(hi - i, 0, Width);
        return Avx.IsSupported
            ? LoadMasked(p + i, Vector128.AndNot(Below(end), Below(first)))
            : SimdLanes.LoadBetween<T, Vector128<T>>(p + i, first, end);
    }

    [MethodImpl(Inline)]
    public static Vector128<T> LoadStrided(T* p, nint stride, nint n)
        => stride == 1 ? LoadTail(p, n) : SimdLanes.LoadStrided<T, Vector128<T>>(p, stride, n);

    [MethodImpl(Inline)]
    public static void StoreStrided(T* p, nint stride, Vector128<T> v, nint n)
    {
        if (stride == 1)
            StoreTail(p, v, n);
        else
            SimdLanes.StoreStrided(p, stride, v, n);
    }

    [MethodImpl(Inline)]
    public static Vector128<T> LoadIds(int* p, nint stride, nint n)
        => IsFloat && stride == 1
            ? Vector128.ConvertToSingle(Simd128<float>.LoadTail((float*)p, n).AsInt32()).As<float, T>()
            : SimdLanes.LoadIds<T, Vector128<T>>(p, stride, n);

    [MethodImpl(Inline)]
    public static void StoreIds(int* p, nint stride, Vector128<T> v, nint n) => SimdLanes.StoreIds<T, Vector128<T>>(p, stride, v, n);

    [MethodImpl(Inline)]
    public static Vector128<T> LoadGather(T* p, Vector128<T> index, nint stride, nint n)
        => SimdLanes.LoadGather(p, index, stride, n);

    [MethodImpl(Inline)]
    public static Vector128<T> Create(T value) => Vector128.Create(value);

    [MethodImpl(Inline)]
    public static Vector128<T> Create(double value)
        => IsFloat ? Vector128.Create((float)value).As<float, T>() : Vector128.Create(value).As<double, T>();

    [MethodImpl(Inline)]
    public static Vector128<T> Iota(nint start, nint step)
        => IsFloat
            ? Vector128.ConvertToSingle(Vector128.Create((int)start) + Vector128<int>.Indices * (int)step).As<float, T>()
            : Vector128.ConvertToDouble(Vector128.Create((long)start) + Vector128<long>.Indices * (long)step).As<double, T>();

    [MethodImpl(Inline)]
    public static T First(Vector128<T> v) => v.ToScalar();

    [MethodImpl(Inline)]
    public static Vector128<T> Keep(Vector128<T> v, nint n, Vector128<T> neutral) => Vector128.ConditionalSelect(Below(n), v, neutral);

    [MethodImpl(Inline)]
    public static Vector128<T> Add(Vector128<T> a, Vector128<T> b) => a + b;

    [MethodImpl(Inline)]
    public static Vector128<T> Sub(Vector128<T> a, Vector128<T> b) => a - b;

    [MethodImpl(Inline)]
    public static Vector128<T> Difference(Vector128<T> a, Vector128<T> b) => Vector128.ConditionalSelect(~Vector128.Equals(a, b), a - b, Vector128<T>.Zero);

    [MethodImpl(Inline)]
    public static Vector128<T> Mul(Vector128<T> a, Vector128<T> b) => a * b;

    [MethodImpl(Inline)]
    public static Vector128<T> Gate(Vector128<T> a, Vector128<T> b) => Vector128.ConditionalSelect(~Vector128.Equals(b, Vector128<T>.Zero), a * b, Vector128<T>.Zero);

    [MethodImpl(Inline)]
    public static Vector128<T> Div(Vector128<T> a, Vector128<T> b) => a / b;

    [MethodImpl(Inline)]
    public static Vector128<T> Fma(Vector128<T> a, Vector128<T> b, Vector128<T> c)
        => IsFloat
            ? Vector128.MultiplyAddEstimate(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>()
            : Vector128.MultiplyAddEstimate(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();

    // The native minimum and maximum of x86 give the second operand if both are equal or either is NaN (others give NaN then).
    [MethodImpl(Inline)]
    public static Vector128<T> Min(Vector128<T> a, Vector128<T> b) => Vector128.ConditionalSelect(Vector128.Equals(b, b), Vector128.MinNative(b, a), b);

    [MethodImpl(Inline)]
    public static Vector128<T> Max(Vector128<T> a, Vector128<T> b) => Vector128.ConditionalSelect(Vector128.Equals(b, b), Vector128.MaxNative(b, a), b);

    [MethodImpl(Inline)]
    public static Vector128<T> Neg(Vector128<T> a) => -a;

    [MethodImpl(Inline)]
    public static Vector128<T> Abs(Vector128<T> a) => Vector128.Abs(a);

    [MethodImpl(Inline)]
    public static Vector128<T> Sqrt(Vector128<T> a) => Vector128.Sqrt(a);

    [MethodImpl(Inline)]
    public static Vector128<T> Rsqrt(Vector128<T> a) => Vector128<T>.One / Vector128.Sqrt(a);

    [MethodImpl(Inline)]
    public static Vector128<T> Floor(Vector128<T> a)
        => IsFloat ? Vector128.Floor(a.AsSingle()).As<float, T>() : Vector128.Floor(a.AsDouble()).As<double, T>();

    [MethodImpl(Inline)]
    public static Vector128<T> Exp(Vector128<T> a)
        => IsFloat
            ? SimdMath.Exp<Simd128<float>, Vector128<float>>(a.AsSingle()).As<float, T>()
            : Vector128.Exp(a.AsDouble()).As<double, T>();

    [MethodImpl(Inline)]
    public static Vector128<T> Log(Vector128<T> a)
        => IsFloat ? Vector128.Log(a.AsSingle()).As<float, T>() : Vector128.Log(a.AsDouble()).As<double, T>();

    [MethodImpl(Inline)]
    public static Vector128<T> Erf(Vector128<T> a)
        => IsFloat
            ? SimdMath.Erf<Simd128<float>, Vector128<float>>(a.AsSingle()).As<float, T>()
            : SimdMathDouble.Erf<Simd128<double>, Vector128<double>>(a.AsDouble()).As<double, T>();

    [MethodImpl(Inline)]
    public static Vector128<T> Tanh(Vector128<T> a)
        => IsFloat
            ? SimdMath.Tanh<Simd128<float>, Vector128<float>>(a.AsSingle()).As<float, T>()
            : SimdMathDouble.Tanh<Simd128<double>, Vector128<double>>(a.AsDouble()).As<double, T>();

    [MethodImpl(Inline)]
    public static Vector128<T> Sigmoid(Vector128<T> a) => Vector128<T>.One / (Vector128<T>.One + Exp(-a));

    [MethodImpl(Inline)]
    public static Vector128<T> Sin(Vector128<T> a)
        => IsFloat ? Vector128.Sin(a.AsSingle()).As<float, T>() : Vector128.Sin(a.AsDouble()).As<double, T>();

    [MethodImpl(Inline)]
    public static Vector128<T> Cos(Vector128<T> a)
        => IsFloat ? Vector128.Cos(a.AsSingle()).As<float, T>() : Vector128.Cos(a.AsDouble()).As<double, T>();

    [MethodImpl(Inline)]
    public static Vector128<T> Pow(Vector128<T> a, Vector128<T> b) => SimdLanes.Pow<T, Vector128<T>>(a, b);

    [MethodImpl(Inline)]
    public static Vector128<T> Less(Vector128<T> a, Vector128<T> b) => Vector128.LessThan(a, b);

    [MethodImpl(Inline)]
    public static Vector128<T> LessEqual(Vector128<T> a, Vector128<T> b) => Vector128.LessThanOrEqual(a, b);

    [MethodImpl(Inline)]
    public static Vector128<T> Equal(Vector128<T> a, Vector128<T> b) => Vector128.Equals(a, b);

    [MethodImpl(Inline)]
    public static Vector128<T> And(Vector128<T> a, Vector128<T> b) => a & b;

    [MethodImpl(Inline)]
    public static Vector128<T> Or(Vector128<T> a, Vector128<T> b) => a | b;

    [MethodImpl(Inline)]
    public static Vector128<T> Not(Vector128<T> a) => ~a;

    [MethodImpl(Inline)]
    public static Vector128<T> Select(Vector128<T> mask, Vector128<T> a, Vector128<T> b) => Vector128.ConditionalSelect(mask, a, b);

    [MethodImpl(Inline)]
    public static T Sum(Vector128<T> v) => Vector128.Sum(v);

    [MethodImpl(Inline)]
    public static double Total(Vector128<T> v) => IsFloat ? Vector128.Sum(v.AsSingle()) : Vector128.Sum(v.AsDouble());

    [MethodImpl(Inline)]
    public static void AddTotals(double* totals, Vector128<T> v)
    {
        if (!IsFloat)
        {
            (Vector128.Load(totals) + v.AsDouble()).Store(totals);
            return;
        }
        var (low, high) = Vector128.Widen(v.AsSingle());
        (Vector128.Load(totals) + low).Store(totals);
        totals += Vector128<double>.Count;
        (Vector128.Load(totals) + high).Store(totals);
    }

    [MethodImpl(Inline)]
    public static Vector128<T> LoadTotals(double* totals)
        => IsFloat
            ? Vector128.Narrow(Vector128.Load(totals), Vector128.Load(totals + Vector128<double>.Count)).As<float, T>()
            : Vector128.Load(totals).As<double, T>();

    [MethodImpl(Inline)]
    public static T Max(Vector128<T> v)
    {
        if (IsFloat)
            v = Max(v, Vector128.Shuffle(v.AsSingle(), Vector128.Create(2, 3, 0, 1)).As<float, T>());
        return Max(v, SwapNeighbours(v)).ToScalar();
    }

    [MethodImpl(Inline)]
    public static T Min(Vector128<T> v)
    {
        if (IsFloat)
            v = Min(v, Vector128.Shuffle(v.AsSingle(), Vector128.Create(2, 3, 0, 1)).As<float, T>());
        return Min(v, SwapNeighbours(v)).ToScalar();
    }

    [MethodImpl(Inline)]
    public static Vector128<T> Random(uint seed, uint stream, uint index, uint step)
        => IsFloat
            ? SimdRandom.Floats128(seed, stream, index, step).As<float, T>()
            : SimdRandom.Doubles128(seed, stream, index, step).As<double, T>();

    public static T* RandomMemory(int number, nint count) => SimdRandoms<T, Simd128<T>, Vector128<T>>.Memory(number, count);

    [MethodImpl(Inline)]
    public static T* Randoms(T* to, uint seed, uint stream, uint index, nint count)
        => SimdRandoms<T, Simd128<T>, Vector128<T>>.Make(to, seed, stream, index, count);

    [MethodImpl(Inline)]
    static Vector128<T> ISimdBits<Vector128<T>>.Round(Vector128<T> a)
        => IsFloat ? Vector128.Round(a.AsSingle()).As<float, T>() : Vector128.Round(a.AsDouble()).As<double, T>();

    [MethodImpl(Inline)]
    static Vector128<T> ISimdBits<Vector128<T>>.Scale(Vector128<T> a, Vector128<T> n)
    {
        // In two steps, each a normal power of two, so that results may be subnormal or overflow.
        var exponent = Vector128.ConvertToInt32(n.AsSingle());
        var half = exponent >> 1;
        var low = ((half + Vector128.Create(127)) << 23).AsSingle();
        var high = ((exponent - half + Vector128.Create(127)) << 23).AsSingle();
        return (a.AsSingle() * low * high).As<float, T>();
    }

    [MethodImpl(Inline)]
    static Vector128<T> ISimdBits<Vector128<T>>.Clamp(Vector128<T> a, Vector128<T> least, Vector128<T> most)
        => Vector128.MinNative(most, Vector128.MaxNative(least, a));

    [MethodImpl(Inline)]
    static Vector128<T> ISimdBits<Vector128<T>>.Quotient(Vector128<T> a, Vector128<T> b) => a / b;

    [MethodImpl(Inline)]
    static Vector128<T> ISimdBits<Vector128<T>>.CopySign(Vector128<T> magnitude, Vector128<T> sign)
        => Vector128.ConditionalSelect(Create(-0.0), sign, magnitude);

    /// <summary>Lanes below n.</summary>
    [MethodImpl(Inline)]
    private static Vector128<T> Below(nint n)
        => IsFloat
            ? Vector128.LessThan(Vector128<int>.Indices, Vector128.Create((int)n)).As<int, T>()
            : Vector128.LessThan(Vector128<long>.Indices, Vector128.Create((long)n)).As<long, T>();

    /// <summary>The lanes of p in the mask, zero elsewhere, where nothing is read.</summary>
    [MethodImpl(Inline)]
    private static Vector128<T> LoadMasked(T* p, Vector128<T> mask)
        => IsFloat
            ? Avx.MaskLoad((float*)p, mask.AsSingle()).As<float, T>()
            : Avx.MaskLoad((double*)p, mask.AsDouble()).As<double, T>();

    [MethodImpl(Inline)]
    private static Vector128<T> SwapNeighbours(Vector128<T> v)
        => IsFloat
            ? Vector128.Shuffle(v.AsSingle(), Vector128.Create(1, 0, 3, 2)).As<float, T>()
            : Vector128.Shuffle(v.AsDouble(), Vector128.Create(1L, 0)).As<double, T>();
}
