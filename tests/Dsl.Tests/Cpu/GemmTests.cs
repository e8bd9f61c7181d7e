using System.Numerics;
using MageDsl.Devices.Cpu;
using Xunit;

namespace MageDsl.Tests.Cpu;

/// <summary>Contractions against the obvious triple loop in double, at every vector width, and alike for every number of threads.</summary>
[Collection(CpuSettings.Name)]
public sealed class GemmTests
{
    private static readonly (int Batch, int M, int N, int K)[] Shapes =
    [
        (1, 1, 1, 1), (1, 1, 1, 5), (1, 3, 17, 2), (1, 17, 3, 33), (1, 5, 257, 19), (1, 257, 5, 70), (1, 15, 31, 513), (1, 85, 33, 16),
        (1, 64, 256, 64), (1, 90, 40, 1030), (1, 200, 70, 3), (1, 130, 1100, 10), (3, 7, 9, 11), (5, 90, 40, 17), (9, 33, 20, 65),
        (2, 88, 70, 600), (1, 2, 2100, 300), (1, 90, 2100, 7), (2, 257, 257, 17),
    ];

    public static TheoryData<int, bool, bool, bool> Cases()
    {
        var data = new TheoryData<int, bool, bool, bool>();
        foreach (var width in SimdScope.Widths)
        {
            foreach (var (left, right) in new[] { (true, false), (true, true), (false, false), (false, true) })
            {
                data.Add(width, left, right, true);
                data.Add(width, left, right, false);
            }
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Float_results_are_those_of_the_triple_loop(int width, bool leftAlongK, bool rightAlongK, bool direct)
    {
        foreach (var shape in Shapes)
            Check<float>(width, shape, leftAlongK, rightAlongK, direct, 1e-5);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Double_results_are_those_of_the_triple_loop(int width, bool leftAlongK, bool rightAlongK, bool direct)
    {
        foreach (var shape in Shapes)
            Check<double>(width, shape, leftAlongK, rightAlongK, direct, 1e-13);
    }

    [Fact]
    public void A_right_operand_too_large_to_pack_at_once_is_packed_in_pieces()
    {
        const int m = 85, n = 1060, k = 16390;
        var random = new Random(1);
        var a = Values<float>(random, m * k);
        var b = Values<float>(random, n * k);
        using var scope = new SimdScope(Simd.Width, 2);
        var found = Run<float>((1, m, n, k), true, false, direct: true, a, b);
        for (var sample = 0; sample < 500; sample++)
        {
            var (i, j) = (random.Next(m), random.Next(n));
            var sum = 0.0;
            for (var p = 0; p < k; p++)
                sum += (double)a[i * k + p] * b[p * n + j];
            Assert.InRange(found[i * n + j], sum - 1e-2, sum + 1e-2);
        }
    }

    [Fact]
    public void An_empty_sum_is_zero_and_an_empty_result_is_left_alone()
    {
        foreach (var width in SimdScope.Widths)
        {
            using var scope = new SimdScope(width, 2);
            Assert.All(Run<float>((2, 100, 40, 0), true, false, direct: true, [], []), x => Assert.Equal(0, x));
            var sums = Run<float>((1, 3, 40, 0), true, true, direct: false, [], []);
            Assert.Equal(3 * 2 + 7, sums[2 * 40 + 7]);
            Assert.Empty(Run<float>((0, 3, 4, 5), true, true, direct: true, [], []));
            Assert.Empty(Run<float>((1, 0, 4, 5), true, true, direct: true, [], []));
            Assert.Empty(Run<float>((1, 3, 0, 5), true, true, direct: true, [], []));
        }
    }

    [Fact]
    public void A_negative_size_is_refused()
        => Assert.Throws<ArgumentOutOfRangeException>(() => Run<float>((1, 3, 4, -1), true, true, direct: true, [], []));

    private static void Check<T>(
        int width, (int Batch, int M, int N, int K) shape, bool leftAlongK, bool rightAlongK, bool direct, double tolerance)
        where T : unmanaged, INumber<T>
    {
        var random = new Random(shape.GetHashCode());
        var a = Values<T>(random, shape.Batch * shape.M * shape.K);
        var b = Values<T>(random, shape.Batch * shape.N * shape.K);
        var expected = Naive(shape, leftAlongK, rightAlongK, direct, a, b);
        T[]? first = null;
        foreach (var threads in new[] { 1, 2, 3, 4 })
        {
            using var scope = new SimdScope(width, threads);
            var found = Run(shape, leftAlongK, rightAlongK, direct, a, b);
            if (first is not null)
                Assert.Equal(first, found);
            first ??= found;
        }
        for (var i = 0; i < expected.Length; i++)
        {
            var difference = Math.Abs(expected[i] - double.CreateChecked(first![i]));
            if (!(difference <= tolerance * (Math.Sqrt(shape.K) + Math.Abs(expected[i]))))
                Assert.Fail($"{shape} at {i}: expected {expected[i]}, found {first[i]}");
        }
    }

    private static T[] Values<T>(Random random, int count)
        where T : INumber<T>
        => Enumerable.Range(0, count).Select(_ => T.CreateChecked(random.NextDouble() * 2 - 1)).ToArray();

    private static double[] Naive<T>(
        (int Batch, int M, int N, int K) shape, bool leftAlongK, bool rightAlongK, bool direct, T[] a, T[] b)
        where T : INumber<T>
    {
        var (batch, m, n, k) = shape;
        var c = new double[batch * m * n];
        for (var z = 0; z < batch; z++)
        {
            for (var i = 0; i < m; i++)
            {
                for (var j = 0; j < n; j++)
                {
                    var sum = 0.0;
                    for (var p = 0; p < k; p++)
                    {
                        var left = a[z * m * k + (leftAlongK ? i * k + p : p * m + i)];
                        var right = b[z * n * k + (rightAlongK ? j * k + p : p * n + j)];
                        sum += double.CreateChecked(left) * double.CreateChecked(right);
                    }
                    c[(z * m + i) * n + j] = direct ? sum : 2 * sum + 3 * i + j;
                }
            }
        }
        return c;
    }

    private static T[] Run<T>((int, int, int, int) shape, bool leftAlongK, bool rightAlongK, bool direct, T[] a, T[] b)
        where T : unmanaged
        => (leftAlongK, rightAlongK) switch
        {
            (true, true) => Run<T, Yes, Yes>(shape, direct, a, b),
            (true, false) => Run<T, Yes, No>(shape, direct, a, b),
            (false, true) => Run<T, No, Yes>(shape, direct, a, b),
            (false, false) => Run<T, No, No>(shape, direct, a, b),
        };

    private static T[] Run<T, TLeft, TRight>((int, int, int, int) shape, bool direct, T[] a, T[] b)
        where T : unmanaged where TLeft : IFlag where TRight : IFlag
        => direct ? Run<T, TLeft, TRight, Yes>(shape, a, b) : Run<T, TLeft, TRight, No>(shape, a, b);

    private static unsafe T[] Run<T, TLeft, TRight, TDirect>((int Batch, int M, int N, int K) shape, T[] a, T[] b)
        where T : unmanaged where TLeft : IFlag where TRight : IFlag where TDirect : IFlag
    {
        const int margin = 64;
        var (batch, m, n, k) = shape;
        var c = new T[batch * m * n + 2 * margin];
        Array.Fill(c, (T)Convert.ChangeType(7, typeof(T)));
        fixed (T* pa = a, pb = b, pc = c)
        {
            var stage = new TestContraction<T, TLeft, TRight, TDirect> { A = pa, B = pb, C = pc + margin, M = m, N = n, K = k };
            Gemm.Run<TestContraction<T, TLeft, TRight, TDirect>, T>(&stage, batch, m, n, k);
        }
        // Nothing beside the result is touched.
        Assert.All(c[..margin].Concat(c[^margin..]), x => Assert.Equal(7, Convert.ToInt32(x)));
        return c[margin..^margin];
    }
}
