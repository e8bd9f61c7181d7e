using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

#pragma warning disable CS1591 // the members are documented on ISimd

namespace MageDsl.Devices.Cpu;

/// <summary>256-bit vectors of float or double, on AVX2 with FMA.</summary>
[HalfWidthOf(typeof(Simd512<>))]
public readonly unsafe partial struct Simd256<T> : ISimd<T, Vector256<T>>, INumberParts<Vector256<T>>
    where T : unmanaged
{
    [MethodImpl(Inline)]
    public static void StoreTail(T* p, Vector256<T> v, nint n)
    {
        if (IsFloat)
            Avx.MaskStore((float*)p, Below(n).AsSingle(), v.AsSingle());
        else
            Avx.MaskStore((double*)p, Below(n).AsDouble(), v.AsDouble());
    }

    [MethodImpl(Inline)]
    static Vector256<T> INumberParts<Vector256<T>>.Scale(Vector256<T> a, Vector256<T> n)
    {
        // In two steps, each a normal power of two, so that results may be subnormal or overflow.
        var exponent = Vector256.ConvertToInt32(n.AsSingle());
        var half = exponent >> 1;
        var low = ((half + Vector256.Create(127)) << 23).AsSingle();
        var high = ((exponent - half + Vector256.Create(127)) << 23).AsSingle();
        return (a.AsSingle() * low * high).As<float, T>();
    }

    [MethodImpl(Inline)]
    static Vector256<T> INumberParts<Vector256<T>>.Quotient(Vector256<T> a, Vector256<T> b) => a / b;

    /// <summary>The lanes of p in the mask, zero elsewhere, where nothing is read.</summary>
    [MethodImpl(Inline)]
    private static Vector256<T> LoadMasked(T* p, Vector256<T> mask)
        => IsFloat
            ? Avx.MaskLoad((float*)p, mask.AsSingle()).As<float, T>()
            : Avx.MaskLoad((double*)p, mask.AsDouble()).As<double, T>();
}
