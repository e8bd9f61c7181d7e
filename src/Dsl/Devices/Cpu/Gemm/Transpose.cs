using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MageDsl.Devices.Cpu;

/// <summary>Transposes a block of rows, so that elements of the same column come to lie side by side.</summary>
internal static unsafe class Transpose
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;
    private const MethodImplOptions Hot = MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization;

    /// <summary>
    /// <c>target[j * width + i] = rows[i][j]</c> for i &lt; count, j &lt; columns, in vectors of 16 or 8 floats where
    /// <typeparamref name="V"/> is one. Lanes from count to width get anything. May write a vector's length beyond the last
    /// element: what lies there has to be written later. <paramref name="rows"/> has room for width rounded up to a vector.
    /// </summary>
    [MethodImpl(Hot)]
    public static void Rows<T, V>(T** rows, int count, nint columns, T* target, nint width)
        where T : unmanaged where V : unmanaged
    {
        nint j = 0;
        if (typeof(V) == typeof(Vector512<float>) || typeof(V) == typeof(Vector256<float>))
        {
            var lanes = sizeof(V) / sizeof(float);
            var padded = (count + lanes - 1) / lanes * lanes;
            for (var i = count; i < padded; i++)
                rows[i] = rows[count - 1];
            for (; j + lanes <= columns; j += lanes)
            {
                for (var i = 0; i < padded; i += lanes)
                {
                    if (typeof(V) == typeof(Vector512<float>))
                        Square16((float**)rows + i, j, (float*)target + j * width + i, width);
                    else
                        Square8((float**)rows + i, j, (float*)target + j * width + i, width);
                }
            }
        }
        for (; j < columns; j++)
        {
            for (var i = 0; i < count; i++)
                target[j * width + i] = rows[i][j];
        }
    }

    [MethodImpl(Hot)]
    private static void Square16(float** r, nint j, float* d, nint width)
    {
        Quads512(r, j, out var a0, out var a1, out var a2, out var a3);
        Quads512(r + 4, j, out var b0, out var b1, out var b2, out var b3);
        Quads512(r + 8, j, out var c0, out var c1, out var c2, out var c3);
        Quads512(r + 12, j, out var e0, out var e1, out var e2, out var e3);

        // The 128-bit lane l of a0 has column 4l of rows 0 to 3; the columns are gathered from lanes of the same number.
        Gather(a0, b0, c0, e0, out var x0, out var x4, out var x8, out var x12);
        Gather(a1, b1, c1, e1, out var x1, out var x5, out var x9, out var x13);
        Gather(a2, b2, c2, e2, out var x2, out var x6, out var x10, out var x14);
        Gather(a3, b3, c3, e3, out var x3, out var x7, out var x11, out var x15);

        // In ascending order: what one row writes beyond the width, the next one overwrites.
        x0.Store(d);
        x1.Store(d += width);
        x2.Store(d += width);
        x3.Store(d += width);
        x4.Store(d += width);
        x5.Store(d += width);
        x6.Store(d += width);
        x7.Store(d += width);
        x8.Store(d += width);
        x9.Store(d += width);
        x10.Store(d += width);
        x11.Store(d += width);
        x12.Store(d += width);
        x13.Store(d += width);
        x14.Store(d += width);
        x15.Store(d + width);
    }

    /// <summary>4 × 4 transposes within the lanes of four rows.</summary>
    [MethodImpl(Inline)]
    private static void Quads512(
        float** r, nint j, out Vector512<float> o0, out Vector512<float> o1, out Vector512<float> o2, out Vector512<float> o3)
    {
        Vector512<float> r0 = Vector512.Load(r[0] + j), r1 = Vector512.Load(r[1] + j);
        Vector512<float> r2 = Vector512.Load(r[2] + j), r3 = Vector512.Load(r[3] + j);
        var t0 = Avx512F.UnpackLow(r0, r1).AsDouble();
        var t1 = Avx512F.UnpackHigh(r0, r1).AsDouble();
        var t2 = Avx512F.UnpackLow(r2, r3).AsDouble();
        var t3 = Avx512F.UnpackHigh(r2, r3).AsDouble();
        o0 = Avx512F.UnpackLow(t0, t2).AsSingle();
        o1 = Avx512F.UnpackHigh(t0, t2).AsSingle();
        o2 = Avx512F.UnpackLow(t1, t3).AsSingle();
        o3 = Avx512F.UnpackHigh(t1, t3).AsSingle();
    }

    /// <summary>A 4 × 4 transpose of 128-bit lanes.</summary>
    [MethodImpl(Inline)]
    private static void Gather(
        Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> e,
        out Vector512<float> l0, out Vector512<float> l1, out Vector512<float> l2, out Vector512<float> l3)
    {
        const byte even = 0x88, odd = 0xdd;
        var t0 = Avx512F.Shuffle4x128(a, b, even);
        var t1 = Avx512F.Shuffle4x128(a, b, odd);
        var t2 = Avx512F.Shuffle4x128(c, e, even);
        var t3 = Avx512F.Shuffle4x128(c, e, odd);
        l0 = Avx512F.Shuffle4x128(t0, t2, even);
        l2 = Avx512F.Shuffle4x128(t0, t2, odd);
        l1 = Avx512F.Shuffle4x128(t1, t3, even);
        l3 = Avx512F.Shuffle4x128(t1, t3, odd);
    }

    [MethodImpl(Hot)]
    private static void Square8(float** r, nint j, float* d, nint width)
    {
        Quads256(r, j, out var a0, out var a1, out var a2, out var a3);
        Quads256(r + 4, j, out var b0, out var b1, out var b2, out var b3);
        const byte low = 0x20, high = 0x31;
        Avx.Permute2x128(a0, b0, low).Store(d);
        Avx.Permute2x128(a1, b1, low).Store(d += width);
        Avx.Permute2x128(a2, b2, low).Store(d += width);
        Avx.Permute2x128(a3, b3, low).Store(d += width);
        Avx.Permute2x128(a0, b0, high).Store(d += width);
        Avx.Permute2x128(a1, b1, high).Store(d += width);
        Avx.Permute2x128(a2, b2, high).Store(d += width);
        Avx.Permute2x128(a3, b3, high).Store(d + width);
    }

    [MethodImpl(Inline)]
    private static void Quads256(
        float** r, nint j, out Vector256<float> o0, out Vector256<float> o1, out Vector256<float> o2, out Vector256<float> o3)
    {
        Vector256<float> r0 = Vector256.Load(r[0] + j), r1 = Vector256.Load(r[1] + j);
        Vector256<float> r2 = Vector256.Load(r[2] + j), r3 = Vector256.Load(r[3] + j);
        var t0 = Avx.UnpackLow(r0, r1).AsDouble();
        var t1 = Avx.UnpackHigh(r0, r1).AsDouble();
        var t2 = Avx.UnpackLow(r2, r3).AsDouble();
        var t3 = Avx.UnpackHigh(r2, r3).AsDouble();
        o0 = Avx.UnpackLow(t0, t2).AsSingle();
        o1 = Avx.UnpackHigh(t0, t2).AsSingle();
        o2 = Avx.UnpackLow(t1, t3).AsSingle();
        o3 = Avx.UnpackHigh(t1, t3).AsSingle();
    }
}
