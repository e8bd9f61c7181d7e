using System.Numerics.Tensors;
using Bench.Contractions;

namespace Bench.Kernels;

/// <summary>
/// Matrix products for what runs op by op: OpenBLAS on the calling thread, or, where it is not installed, dot products and
/// multiply-adds of System.Numerics.Tensors over rows. Matrices are row-major with a distance between rows.
/// </summary>
internal static unsafe class Products
{
    private static readonly OpenBlas? Blas = OpenBlas.Find();

    // The number of threads is a property of the calling thread where OpenBLAS is built on OpenMP. Left at its default, every
    // part of a split would start as many threads again as there are cores, and wait for them in a loop.
    [ThreadStatic]
    private static bool isSingle;

    /// <summary>What does the products.</summary>
    public static string Name => Blas is { } blas ? $"OpenBLAS ({blas.Config.Trim()})" : "TensorPrimitives.Dot (OpenBLAS is not installed)";

    /// <summary>C = A B^T.</summary>
    public static void TimesTransposed(
        int m, int n, int k, ReadOnlySpan<float> a, int strideA, ReadOnlySpan<float> b, int strideB, Span<float> c, int strideC)
    {
        if (Blas is not null)
        {
            Multiply(true, m, n, k, a, strideA, b, strideB, c, strideC);
            return;
        }
        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < n; j++)
                c[i * strideC + j] = TensorPrimitives.Dot(a.Slice(i * strideA, k), b.Slice(j * strideB, k));
        }
    }

    /// <summary>C = A B.</summary>
    public static void Times(
        int m, int n, int k, ReadOnlySpan<float> a, int strideA, ReadOnlySpan<float> b, int strideB, Span<float> c, int strideC)
    {
        if (Blas is not null)
        {
            Multiply(false, m, n, k, a, strideA, b, strideB, c, strideC);
            return;
        }
        for (var i = 0; i < m; i++)
        {
            var row = c.Slice(i * strideC, n);
            row.Clear();
            for (var j = 0; j < k; j++)
                TensorPrimitives.MultiplyAdd(b.Slice(j * strideB, n), a[i * strideA + j], row, row);
        }
    }

    private static void Multiply(
        bool transposed, int m, int n, int k, ReadOnlySpan<float> a, int strideA, ReadOnlySpan<float> b, int strideB, Span<float> c, int strideC)
    {
        if (!isSingle)
            SetSingle();
        fixed (float* left = a, right = b, result = c)
            Blas!.Multiply(true, transposed, m, n, k, left, strideA, right, strideB, result, strideC);
    }

    private static void SetSingle()
    {
        lock (Blas!)
            Blas.SetThreads(1);
        isSingle = true;
    }
}
