using System.Runtime.CompilerServices;

namespace MageDsl.Devices.Cpu;

/// <summary>A 4 × 2 vector tile for whatever has no kernels of its own: double, 128 bits, other processors.</summary>
internal readonly unsafe struct PortableTile<T, S, V> : IGemmTile
    where T : unmanaged
    where S : struct, ISimd<T, V>
    where V : unmanaged
{
    public static int Rows => 4;

    public static int Vectors => 2;

    public static bool Exact => false;

    public static GemmKernel Kernel(int rows, int columns) => &Multiply;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply(
        nint k, void* left, void* right, void* result, nint stride, bool accumulate, int rows, int columns)
    {
        var a = (T*)left;
        var b = (T*)right;
        V c00 = S.Create(0.0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
        for (var end = a + k * 4; a < end; a += 4)
        {
            var b0 = S.Load(b);
            var b1 = S.Load(b + S.Width);
            b += 2 * S.Width;
            var a0 = S.Create(a[0]);
            c00 = S.Fma(a0, b0, c00);
            c01 = S.Fma(a0, b1, c01);
            var a1 = S.Create(a[1]);
            c10 = S.Fma(a1, b0, c10);
            c11 = S.Fma(a1, b1, c11);
            var a2 = S.Create(a[2]);
            c20 = S.Fma(a2, b0, c20);
            c21 = S.Fma(a2, b1, c21);
            var a3 = S.Create(a[3]);
            c30 = S.Fma(a3, b0, c30);
            c31 = S.Fma(a3, b1, c31);
        }
        var c = (T*)result;
        StoreRow(c, c00, c01, accumulate, columns);
        if (rows > 1)
            StoreRow(c + stride, c10, c11, accumulate, columns);
        if (rows > 2)
            StoreRow(c + 2 * stride, c20, c21, accumulate, columns);
        if (rows > 3)
            StoreRow(c + 3 * stride, c30, c31, accumulate, columns);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreRow(T* c, V first, V second, bool accumulate, int columns)
    {
        StoreVector(c, first, accumulate, columns);
        if (columns > S.Width)
            StoreVector(c + S.Width, second, accumulate, columns - S.Width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreVector(T* c, V v, bool accumulate, int columns)
    {
        if (columns >= S.Width)
            S.Store(c, accumulate ? S.Add(v, S.Load(c)) : v);
        else
            S.StoreTail(c, accumulate ? S.Add(v, S.LoadTail(c, columns)) : v, columns);
    }
}
