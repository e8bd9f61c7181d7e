using MageDsl;
using Xunit;

namespace Dsl.Tests.Kernels;

/// <summary>Scalars come out of a compiled kernel as the bits that C# computes in its definition.</summary>
public class ScalarTests
{
    private static readonly Expr One = Expr.From([1], "", new Dictionary<string, int>());

    private static readonly (float A, float B, double P, double Q, int I, int J)[] Arguments =
    [
        (0.1f, 0.3f, 0.1, 0.3, 3, 7),
        (1 / 3f, -1.7f, 1 / 3.0, -1.7, -46341, 2),
        (16777217f, 1e-7f, 1e300, 1e-300, 100_000, 16_777_217),
        (float.MaxValue, 1e38f, double.MaxValue, 1e308, int.MaxValue, 1),
        (-float.Epsilon, 1e-45f, double.Epsilon, -1e-320, int.MinValue, 46340),
        (float.NaN, 0f, double.NaN, 0.0, 0, 0),
        (float.PositiveInfinity, -0f, double.NegativeInfinity, -0.0, -1, -3),
    ];

    public static TheoryData<string, string> Cases()
    {
        var data = new TheoryData<string, string>();
        foreach (var type in new[] { "ScalarKernels", "UnfusedScalarKernels" })
            foreach (var kernel in new[] { "Floats", "Doubles", "Ints", "Casts", "Functions", "Choices", "Calls", "Seeds" }) data.Add(type, kernel);
        return data;
    }

    [Theory, MemberData(nameof(Cases))]
    public void Are_those_of_the_definition_bit_for_bit(string type, string name)
    {
        var kernel = KernelCases.Find($"{type}.{name}");
        foreach (var (a, b, p, q, i, j) in Arguments)
        {
            object[] scalars = [a, b, p, q, i, j];
            var what = $"{name}({string.Join(", ", scalars)})";
            double[] expected = [.. kernel.Definition([One, .. scalars]).Select(value => value.Item())];
            using var scope = new TensorScope();
            AssertBits(expected, [.. kernel.Launch([Tensor.Full(ElementType.Float64, 1), .. scalars]).Select(r => r.ToArray<double>()[0])], what);
            AssertBits(
                [.. expected.Select(value => (double)(float)value)],
                [.. kernel.Launch([Tensor.Full(ElementType.Float32, 1), .. scalars]).Select(r => (double)r.ToArray<float>()[0])],
                what + " in float32");
        }
    }

    [Fact]
    public void Of_sizes_are_ints()
    {
        var ones = Enumerable.Repeat(1.0, 5 * 12).ToArray();
        var kernel = KernelCases.Find("ScalarKernels.Sizes");
        var definition = kernel.Definition([Expr.From(ones, "n (h e)", [5, 12], new Dictionary<string, int> { ["h"] = 4 }), 4, 0.7f]);
        using var scope = new TensorScope();
        var results = kernel.Launch([Tensor.From(ones, [5, 12]), 4, 0.7f]);
        for (var i = 0; i < results.Length; i++)
        {
            AssertBits(
                [definition[i].ToArray(kernel.Results[i], new Dictionary<string, int> { ["n"] = 5 })[0]],
                [results[i].ToArray<double>()[0]], $"result {i}");
        }
    }

    [Theory]
    [InlineData(46341, typeof(OverflowException))]
    [InlineData(0, typeof(DivideByZeroException))]
    public void What_throws_in_the_definition_throws_at_launch(int i, Type exception)
    {
        using var scope = new TensorScope();
        Assert.Throws(exception, () => ScalarKernels.Checked(One, i));
        Assert.Throws(exception, () => ScalarKernels.Checked(Tensor.Full(ElementType.Float64, 1), i));
    }

    private static void AssertBits(double[] expected, double[] found, string what)
    {
        Assert.Equal(expected.Length, found.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            // One NaN is as good as another.
            var isSame = BitConverter.DoubleToInt64Bits(expected[i]) == BitConverter.DoubleToInt64Bits(found[i])
                || (double.IsNaN(expected[i]) && double.IsNaN(found[i]));
            Assert.True(isSame, $"result {i} of {what} is {found[i]:R}, but the definition gives {expected[i]:R}");
        }
    }
}
