using Dsl.Tests.Kernels;
using MageDsl;
using MageDsl.Layers;
using MageDsl.Tests.Cpu;
using Xunit;

namespace Dsl.Tests.Limits;

/// <summary>
/// Extrema over axes, and their places, of infinities, ties and NaN: as the definition has them in every kind of stage, at every vector width.
/// </summary>
[Collection(CpuSettings.Name)]
public class ExtremaTests
{
    private const double Inf = double.PositiveInfinity;

    private static IReadOnlyList<KernelInfo> All => KernelCases.Of(typeof(Tensor), typeof(ExtremaTests));

    /// <summary>Numbers of which so many in a hundred are special.</summary>
    private static double[] Draw(int count, int special, Random random) => [.. Enumerable.Range(0, count).Select(_ => random.Next(100) >= special
        ? random.Next(-3, 4)
        : new[] { -Inf, Inf, double.NaN, 0, -0.0 }[random.Next(5)])];

    /// <summary>Blocks of one special number each: whole rows of it, too.</summary>
    private static double[] Blocks(int count, Random random)
    {
        var values = new double[count];
        var left = 0;
        var value = 0.0;
        for (var i = 0; i < count; i++)
        {
            if (left-- <= 0) (left, value) = (random.Next(1, 60), new[] { -Inf, Inf, double.NaN, 1 }[random.Next(4)]);
            values[i] = value;
        }
        return values;
    }

    public static IEnumerable<TheoryDataRow<string, int, int, int>> Cases()
    {
        foreach (var name in new[] { "MaxLast", "MaxFirst", "MinMiddle", "MaxOuter", "MinAll", "ArgMaxLast", "ArgMaxFirst", "ArgMinMiddle" })
        {
            foreach (var prefix in new[] { "", "Unfused" })
            {
                yield return new($"{prefix}ReductionKernels.{name}", 2, 3, 19);
                yield return new($"{prefix}ReductionKernels.{name}", 33, 2, 1);
                yield return new($"{prefix}ReductionKernels.{name}", 1, 35, 3);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Over_axes(string name, int a, int b, int c)
    {
        var kernel = All.Single(k => k.Name == name);
        var random = new Random(1);
        for (var round = 0; round < 12; round++)
        {
            var values = round % 2 == 0 ? Draw(a * b * c, round * 15 % 101, random) : Blocks(a * b * c, random);
            var argument = new Slopes.Argument([a, b, c], values);
            var count = Slopes.Defined(kernel, null, new Slopes.Argument([a, b, c], new double[a * b * c])).Value.Length;
            double[] cotangent = [.. Enumerable.Range(0, count).Select(i => i % 5 - 2.0)];
            var wanted = Slopes.Defined(kernel, cotangent, argument);
            Slopes.AssertAre(kernel, wanted.Value, wanted.Gradients, cotangent, argument);
        }
    }

    /// <summary>Written out by the compiler, since there are two of them.</summary>
    [Fact]
    public void Over_axes_of_few_elements()
    {
        var kernel = All.Single(k => k.Name == "LimitKernels.MaxOfPairs");
        var random = new Random(2);
        var argument = new Slopes.Argument([9, 10], Draw(90, 60, random));
        var wanted = Slopes.Defined(kernel, [.. Enumerable.Repeat(2.0, 45)], argument);
        Slopes.AssertAre(kernel, wanted.Value, wanted.Gradients, [.. Enumerable.Repeat(2.0, 45)], argument);
    }

    /// <summary>Rows that several chunks and threads share, and one number in one of them that decides.</summary>
    [Theory]
    [InlineData("MaxFirst", double.NaN)]
    [InlineData("MaxFirst", Inf)]
    [InlineData("MaxOuter", double.NaN)]
    [InlineData("MinAll", double.NaN)]
    [InlineData("MinAll", -Inf)]
    public void Across_chunks_of_rows(string name, double odd)
    {
        var kernel = All.Single(k => k.Name == $"ReductionKernels.{name}");
        var values = new double[6000 * 2 * 7];
        Array.Fill(values, odd > 0 ? -Inf : Inf);
        foreach (var place in new[] { 0, 41_003, values.Length - 1 })
        {
            values[place] = odd;
            var argument = new Slopes.Argument([6000, 2, 7], values);
            var wanted = Slopes.Defined(kernel, null, argument).Value;
            foreach (var threads in new[] { 1, 2 })
            {
                using var scope = new SimdScope(SimdScope.Widths.Max(), threads);
                Assert.Equal(wanted, Slopes.Compiled(kernel, ElementType.Float32, new double[wanted.Length], argument).Value);
            }
        }
    }

    [Fact]
    public void The_place_of_nothing_better_is_the_first()
    {
        var kernel = All.Single(k => k.Name == "ReductionKernels.ArgMaxLast");
        foreach (var width in SimdScope.Widths)
        {
            using var scope = new SimdScope(width, 1);
            foreach (var size in new[] { 1, 3, 16, 17, 40 })
            {
                Assert.Equal(0, Place(Enumerable.Repeat(-Inf, size)));
                Assert.Equal(0, Place(Enumerable.Repeat(Inf, size)));
                Assert.Equal(0, Place(Enumerable.Repeat(double.NaN, size)));
                for (var at = 0; at < size; at++)
                {
                    Assert.Equal(at, Place(Enumerable.Range(0, size).Select(i => i < at ? -Inf : 7)));
                    Assert.Equal(at, Place(Enumerable.Range(0, size).Select(i => i < at ? Inf : i == at || i % 3 == 0 ? double.NaN : Inf)));
                }
            }
        }

        double Place(IEnumerable<double> row) =>
            Slopes.Compiled(kernel, ElementType.Float32, [], new Slopes.Argument([1, 1, row.Count()], [.. row])).Value[0];
    }

    [Theory]
    [InlineData("")]
    [InlineData("Unfused")]
    public void An_axis_of_nothing_is_an_error_that_names_it(string prefix)
    {
        Refused("Max", "c", $"{prefix}ReductionKernels.MaxLast", [2, 3, 0]);
        Refused("Max", "c", $"{prefix}ReductionKernels.MaxOuter", [2, 3, 0]);
        Refused("Max", "a", $"{prefix}ReductionKernels.MaxOuter", [0, 3, 2]);
        Refused("Min", "b", $"{prefix}ReductionKernels.MinMiddle", [0, 0, 2]);
        Refused("ArgMax", "a", $"{prefix}ReductionKernels.ArgMaxFirst", [0, 3, 4]);
        Refused("ArgMin", "b", $"{prefix}ReductionKernels.ArgMinMiddle", [1, 0, 4]);
        Refused("Max", "u", $"{prefix}Activations.Softmax", [2, 0]);
        // Nothing of something is nothing.
        using var scope = new TensorScope();
        Assert.Equal(0, ReductionKernels.MaxLast(Zeros(0, 3, 4)).Count);
    }

    private static void Refused(string what, string axis, string name, int[] shape)
    {
        using var scope = new TensorScope();
        var kernel = All.Single(k => k.Name == name);
        var error = Assert.Throws<ExprException>(() => kernel.Launch([Zeros(shape)]));
        Assert.Equal($"{name}: {what}: axis '{axis}' has size 0; there is nothing to choose from", error.Message);
        Assert.Equal((axis, 0), (error.Axis, error.Found));
        var defined = Assert.Throws<ExprException>(() => Slopes.Defined(kernel, null, new Slopes.Argument(shape, [])));
        Assert.Equal(error.Message, $"{name}: {defined.Message}");
    }

    [Fact]
    public void A_fused_extremum_and_one_under_a_flag_are_checked_where_they_run()
    {
        using var scope = new TensorScope();
        var (some, none) = (Zeros(2, 3), Zeros(2, 0));
        Assert.Equal(2, LimitKernels.MaxInTraining(some, none).Count);
        Assert.Contains(
            "LimitKernels.MaxInTraining: Max: axis 'k'",
            Assert.Throws<ExprException>(() => LimitKernels.MaxInTraining(some, none, training: true)).Message, StringComparison.Ordinal);
        var noTokens = Assert.Throws<ExprException>(() => Attention.SelfAttention(
            Zeros(1, 0, 4), Zeros(4), Zeros(4), Zeros(12, 4), Zeros(12), Zeros(4, 4), Zeros(4), heads: 2));
        Assert.Contains("Attention.SelfAttention: Max: axis 'u'", noTokens.Message, StringComparison.Ordinal);
    }

    private static Tensor Zeros(params int[] shape) => Tensor.Zeros(ElementType.Float32, shape);
}
