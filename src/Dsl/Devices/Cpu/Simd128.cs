using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

#pragma warning disable CS1591 // the members are documented on ISimd

namespace MageDsl.Devices.Cpu;

/// <summary>128-bit vectors of float or double, on any machine.</summary>
[HalfWidthOf(typeof(Simd256<>))]
public readonly unsafe partial struct Simd128<T> : ISimd<T, Vector128<T>>, INumberParts<Vector128<T>>
    where T : unmanaged
{
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
    private static Vector128<T> SwapNeighbours(Vector128<T> v)
        => IsFloat
            ? Vector128.Shuffle(v.AsSingle(), Vector128.Create(1, 0, 3, 2)).As<float, T>()
            : Vector128.Shuffle(v.AsDouble(), Vector128.Create(1L, 0)).As<double, T>();
}
