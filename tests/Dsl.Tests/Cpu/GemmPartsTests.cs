using System.Runtime.InteropServices;
using MageDsl.Devices.Cpu;
using Xunit;

namespace MageDsl.Tests.Cpu;

/// <summary>A product put together from parts that the calling thread computes: the same bits as in one call.</summary>
[Collection(CpuSettings.Name)]
public sealed class GemmPartsTests
{
    public static TheoryData<int, bool> Cases()
    {
        var data = new TheoryData<int, bool>();
        foreach (var width in SimdScope.Widths)
        {
            data.Add(width, true);
            data.Add(width, false);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Rows_of_packed_columns_are_those_of_the_whole(int width, bool direct)
    {
        using var scope = new SimdScope(width, 2);
        foreach (var (m, n, k) in new[] { (1, 1, 1), (100, 70, 33), (257, 257, 64), (90, 40, 1030), (15, 300, 0) })
        {
            if (direct)
            {
                Check<float, Yes>(m, n, k);
                Check<double, Yes>(m, n, k);
            }
            else
            {
                Check<float, No>(m, n, k);
                Check<double, No>(m, n, k);
            }
        }
    }

    private static unsafe void Check<T, TDirect>(int m, int n, int k)
        where T : unmanaged, System.Numerics.INumber<T> where TDirect : IFlag
    {
        const int items = 2;
        var random = new Random(m + n + k);
        T[] Values(int count) => [.. Enumerable.Range(0, count).Select(_ => T.CreateChecked(random.NextDouble() - 0.5))];
        var (a, b) = (Values(items * m * k + 1), Values(items * n * k + 1));
        var (whole, parts) = (new T[items * m * n], new T[items * m * n]);
        var bytes = (nuint)Gemm.PackedElements<TestContraction<T, Yes, Yes, TDirect>, T>(n, k) * (nuint)sizeof(T);
        var packed = (T*)NativeMemory.AlignedAlloc(Math.Max(64, bytes), 64);
        fixed (T* pa = a, pb = b, pw = whole, pp = parts)
        {
            var stage = new TestContraction<T, Yes, Yes, TDirect> { A = pa, B = pb, C = pw, M = m, N = n, K = k };
            Gemm.Run<TestContraction<T, Yes, Yes, TDirect>, T>(&stage, items, m, n, k);
            stage.C = pp;
            for (var item = 0; item < items; item++)
            {
                for (var column = 0; column < n; column += 64)
                {
                    var columns = Math.Min(64, n - column);
                    Gemm.PackRight(&stage, item, column, columns, k, packed);
                    for (var row = 0; row < m; row += 90)
                        Gemm.RunRows(&stage, item, row, Math.Min(90, m - row), column, columns, k, packed);
                }
            }
        }
        NativeMemory.AlignedFree(packed);
        Assert.Equal(whole, parts);
        Assert.Contains(whole, x => x != T.Zero || k == 0);
    }
}
