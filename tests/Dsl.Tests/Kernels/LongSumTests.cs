using MageDsl;
using MageDsl.Layers;
using MageDsl.Tests.Cpu;
using Xunit;

namespace Dsl.Tests.Kernels;

/// <summary>
/// Sums of millions of equal floats, whose roundings all point one way, are right to a millionth, wherever they are taken and at every
/// vector width. Added one after the other they would be off by a ten-thousandth to a hundredth.
/// </summary>
[Collection(CpuSettings.Name)]
public class LongSumTests
{
    private const int Many = 3_000_000;

    // Not exact in binary, and a quarter of the way between two floats once sums are a thousand times as large.
    private const double Term = 0.1;

    public static TheoryData<int> Widths => new(SimdScope.Widths);

    [Theory]
    [MemberData(nameof(Widths))]
    public void Of_everything(int width)
    {
        Check(width, Many, () => LongSumKernels.Everything(Terms(Many)));
        Check(width, Many, () => LongSumKernels.Weighted(Terms(Many), Ones(Many)));
        Check(width, Many, () => LongSumKernels.RowsOfColumns(Terms(Many / 3, 3), Ones(3)));
        Check(width, Many, () => LongSumKernels.RowsOfColumns(Terms(3, Many / 3), Ones(Many / 3)));
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Along_rows(int width)
    {
        Check(width, Many, () => LongSumKernels.Row(Terms(1, Many)));
        Check(width, Many / 10, () => LongSumKernels.Row(Terms(10, Many / 10)));
        Check(width, Many / 2, () => LongSumKernels.RowWithDropout(Terms(2, Many / 2)));
        Check(width, Many / 2, () => LongSumKernels.RowOfTwoAxes(Terms(2, Many / 6, 3), Ones(3)));
        Check(width, Many / 2, () => LongSumKernels.RowOfTwoAxes(Terms(2, Many / 200, 100), Ones(100)));
        Scales(width, n => LongSumKernels.RowOfExponentials(Terms(2, n)), 2, Many / 2);
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Across_rows(int width)
    {
        Check(width, Many / 3, () => LongSumKernels.Columns(Terms(Many / 3, 3)));
        Check(width, Many / 60, () => LongSumKernels.Columns(Terms(Many / 60, 60)));
        Check(width, Many / 15, () => LongSumKernels.Middle(Terms(3, Many / 15, 5)));
        Check(width, Many / 1000, () => LongSumKernels.Middle(Terms(200, Many / 1000, 5)));
        Check(width, Many / 5, () => LongSumKernels.Channels(Terms(Many / 50, 5, 10)));
        Check(width, Many / 5, () => LongSumKernels.Channels(Terms(10, 5, Many / 50)));
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void In_products(int width)
    {
        Check(width, Many / 4, () => LongSumKernels.Product(Terms(1, Many / 4), Ones(Many / 4, 1)));
        Check(width, Many / 10, () => LongSumKernels.Product(Terms(3, Many / 10), Ones(Many / 10, 5)));
        Check(width, 20_000, () => LongSumKernels.Product(Terms(40, 20_000), Ones(20_000, 70)));
        Check(width, 20_000, () => LongSumKernels.ProductWithBias(Terms(20_000, 40), Ones(70, 20_000), Tensor.Zeros(ElementType.Float32, 70)));
        Check(width, Many / 10, () => LongSumKernels.ProductWithBias(Terms(Many / 10, 3), Ones(5, Many / 10), Tensor.Zeros(ElementType.Float32, 5)));
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void In_gradients(int width)
    {
        const int rows = Many / 16;
        Check(width, rows, () => Gradient(Ones(16, 4), w => LongSumKernels.Product(Ones(rows, 16), w), Terms(rows, 4)));
        foreach (var places in new[] { 1, 3 })
        {
            var ids = Enumerable.Range(0, rows / 3 * 3).Select(i => i % places).ToArray();
            Check(
                width, ids.Length / places,
                () => Gradient(Ones(places, 16), table => Embeddings.Embedding(table, Tensor.From(ids, ids.Length)), Terms(ids.Length, 16)));
        }
    }

    /// <summary>Over the rows of a block and over its columns: biases, keys and values that many rows share, and rows over many keys.</summary>
    [Theory]
    [MemberData(nameof(Widths))]
    public void In_row_blocks(int width)
    {
        const int many = 50_000;
        using var values = new TensorScope();
        var random = new Random(1);
        Tensor Some(params int[] shape) =>
            Tensor.From(Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(_ => (float)random.NextDouble()).ToArray(), shape);
        var (key, value, bias) = (Some(1, 5, 3), Some(1, 5, 4), Some(5));
        Scales(width, n => Gradient(bias, b => LongSumKernels.Attention(Ones(1, n, 3), key, value, b), Terms(1, n, 4)), 8, many);
        Scales(width, n => Gradient(key, k => LongSumKernels.Attention(Ones(1, n, 3), k, value, bias), Terms(1, n, 4)), 8, many);
        Scales(width, n => Gradient(value, v => LongSumKernels.Attention(Ones(1, n, 3), key, v, bias), Terms(1, n, 4)), 8, many);
        Check(width, 1, () => LongSumKernels.Attention(Ones(1, 3, 2), Ones(1, many, 2), Terms(1, many, 4), Ones(many)));
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void In_losses_and_norms(int width)
    {
        Check(width, 1, () => Losses.MeanAbsoluteError(Terms(Many), Tensor.Zeros(ElementType.Float32, Many)));
        Check(width, Many, () => OptimizerKernels.SumOfSquares(Tensor.Full(ElementType.Float32, Math.Sqrt(Term), Many)));
    }

    [Fact]
    public void Of_random_numbers()
    {
        using var scope = new TensorScope();
        var random = new Random(1);
        var numbers = Enumerable.Range(0, Many).Select(_ => (float)random.NextDouble()).ToArray();
        var want = numbers.Sum(v => (double)v);
        Assert.Equal(1, LongSumKernels.Everything(Tensor.From(numbers, Many)).ItemAsDouble() / want, 2e-7);
        Assert.Equal(1, LongSumKernels.Columns(Tensor.From(numbers, Many, 1)).ItemAsDouble() / want, 2e-7);
        Assert.Equal(1, LongSumKernels.Product(Tensor.From(numbers, 1, Many), Ones(Many, 1)).ItemAsDouble() / want, 2e-7);
    }

    /// <summary>Totals in double precision neither make infinities into something else nor lose them.</summary>
    [Theory]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    [InlineData(float.NaN)]
    public void Infinities_stay(float odd)
    {
        using var scope = new TensorScope();
        var numbers = Enumerable.Repeat(1f, Many / 10).ToArray();
        numbers[100] = odd;
        Assert.Equal(odd, LongSumKernels.Everything(Tensor.From(numbers, numbers.Length)).Item());
        Assert.Equal(odd, LongSumKernels.Row(Tensor.From(numbers, 1, numbers.Length)).Item());
        Assert.Equal(odd, LongSumKernels.Columns(Tensor.From(numbers, numbers.Length, 1)).Item());
        Assert.Equal(odd, LongSumKernels.Product(Tensor.From(numbers, 1, numbers.Length), Ones(numbers.Length, 1)).Item());
    }

    [Fact]
    public void The_same_on_one_thread_as_on_many()
    {
        var random = new Random(1);
        var numbers = Enumerable.Range(0, 300_000).Select(_ => (float)random.NextDouble()).ToArray();
        var ids = Enumerable.Range(0, 4_000).Select(i => i % 7).ToArray();
        float[] Results(int threads)
        {
            using var scope = new TensorScope();
            using var settings = new SimdScope(SimdScope.Widths.Max(), threads);
            var results = new[]
            {
                LongSumKernels.Everything(Tensor.From(numbers, 300_000)),
                LongSumKernels.Columns(Tensor.From(numbers, 100_000, 3)),
                LongSumKernels.Product(Tensor.From(numbers, 3, 100_000), Tensor.From(numbers, 100_000, 3)),
                LongSumKernels.Product(Tensor.From(numbers, 20, 15_000), Tensor.From(numbers, 15_000, 20)),
                Gradient(Ones(7, 64), table => Embeddings.Embedding(table, Tensor.From(ids, 4_000)), Tensor.From(numbers[..256_000], 4_000, 64)),
            };
            return results.SelectMany(r => r.ToArray<float>()).ToArray();
        }
        Assert.Equal(Results(1), Results(3));
    }

    private static Tensor Terms(params int[] shape) => Tensor.Full(ElementType.Float32, Term, shape);

    private static Tensor Ones(params int[] shape) => Tensor.Full(ElementType.Float32, 1, shape);

    /// <summary>The gradient of the result's elements, weighted, with respect to the argument.</summary>
    private static Tensor Gradient(Tensor argument, Func<Tensor, Tensor> kernel, Tensor weights)
    {
        using var tape = new GradientTape();
        tape.Watch(argument);
        tape.Backward(LongSumKernels.Weighted(kernel(argument), weights));
        return tape.Gradient(argument)!;
    }

    /// <summary>Every element is so many terms.</summary>
    private static void Check(int width, double terms, Func<Tensor> kernel)
    {
        using var scope = new TensorScope();
        using var settings = new SimdScope(width, 2);
        foreach (var element in kernel().ToArray<float>()) Assert.Equal(1, element / (terms * (float)Term), 1e-6);
    }

    /// <summary>The result of many terms is that of few, so many times, to a millionth of the largest element.</summary>
    private static void Scales(int width, Func<int, Tensor> kernel, int few, int many)
    {
        using var scope = new TensorScope();
        using var settings = new SimdScope(width, 2);
        var (one, all) = (kernel(few).ToArray<float>(), kernel(many).ToArray<float>());
        var largest = one.Max(Math.Abs) / few;
        for (var i = 0; i < one.Length; i++) Assert.Equal((double)one[i] / few, (double)all[i] / many, 1e-6 * largest);
    }
}
