using MageDsl;
using MageDsl.Layers;
using Xunit;
using static MageDsl.Ops;

namespace Dsl.Tests.Kernels;

/// <summary>Gradients where a derivative is infinite or NaN and must not matter: at chosen numbers, fused and unfused.</summary>
public class BranchTests
{
    private const float Nan = float.NaN;

    /// <summary>The gradients of the sum of a result by the tensors given to it.</summary>
    private static float[][] Gradients(Func<Tensor[], Tensor> launch, params Tensor[] inputs)
    {
        using var tape = new GradientTape();
        foreach (var input in inputs) tape.Watch(input);
        tape.Backward(BranchKernels.Total(launch(inputs)));
        return [.. inputs.Select(input => tape.Gradient(input)!.ToArray<float>())];
    }

    [Fact]
    public void Divisor_of_zero_that_is_guarded()
    {
        using var scope = new TensorScope();
        foreach (var launch in new Func<Tensor[], Tensor>[]
        {
            t => BranchKernels.SafeDivide(t[0], t[1]), t => UnfusedBranchKernels.SafeDivide(t[0], t[1]),
        })
        {
            var gradients = Gradients(launch, Tensor.From([1f, 2f]), Tensor.From([0f, 2f]));
            Assert.Equal([0, 0.5f], gradients[0]);
            Assert.Equal([0, -0.5f], gradients[1]);
        }
    }

    [Fact]
    public void Dropout_of_everything()
    {
        using var scope = new TensorScope();
        Assert.Equal([0, 0], Gradients(t => Regularization.Dropout(t[0], rate: 1, seed: 3), Tensor.From([1f, -2f]))[0]);
        var gradients = Gradients(
            t => BranchKernels.DroppedLayer(t[0], t[1], seed: 3, rate: 1), Tensor.From([1f, -2f], 1, 2), Tensor.From([1f, 2f], 2, 1));
        Assert.All(gradients, gradient => Assert.Equal([0, 0], gradient));
    }

    [Fact]
    public void Entries_of_a_table_that_nobody_looks_up()
    {
        using var scope = new TensorScope();
        var ids = Tensor.From([2, 0, 2]);
        var gradients = Gradients(
            t => BranchKernels.LogOfEntries(t[0], t[1], ids), Tensor.From([1f, 0f, 2f, -1f]), Tensor.Full(ElementType.Float32, 3));
        // The gradient of log x, times 3: 3 at 1 once, 3 / 2 at 2 twice.
        Assert.Equal([3, 0, 3, 0], gradients[0]);
        Assert.Equal(2 * MathF.Log(2), gradients[1][0], 1e-6f);
    }

    [Fact]
    public void Rows_of_NaN_that_are_masked()
    {
        using var scope = new TensorScope();
        var mask = Tensor.From([1f, 0f]);
        foreach (var launch in new Func<Tensor[], Tensor>[]
        {
            t => BranchKernels.MaskedRows(t[0], t[1], mask), t => UnfusedBranchKernels.MaskedRows(t[0], t[1], mask),
        })
        {
            var gradients = Gradients(launch, Tensor.From([1f, 2f, Nan, Nan], 2, 2), Tensor.From([1f, 2f, 3f, 4f], 2, 2));
            Assert.Equal([3, 7, 0, 0], gradients[0]);
            Assert.Equal([1, 1, 2, 2], gradients[1]);
        }
    }

    [Theory]
    [InlineData(0, 2, 0, 0)]
    [InlineData(0, 0, 0, 0)]
    [InlineData(2, 0, 0, 0.6931472f)]
    [InlineData(0, 1, 1, 0)]
    [InlineData(-2, 3, 12, Nan)]
    [InlineData(0, 0.5f, float.PositiveInfinity, 0)]
    [InlineData(0, -1, float.NegativeInfinity, float.NegativeInfinity)]
    [InlineData(float.PositiveInfinity, 0, 0, float.PositiveInfinity)]
    [InlineData(Nan, 0, 0, Nan)]
    [InlineData(1, 5, 5, 0)]
    public void Powers(float a, float b, float byBase, float byExponent)
    {
        using var scope = new TensorScope();
        foreach (var launch in new Func<Tensor[], Tensor>[] { t => BranchKernels.Power(t[0], t[1]), t => UnfusedBranchKernels.Power(t[0], t[1]) })
        {
            var gradients = Gradients(launch, Tensor.From([a]), Tensor.From([b]));
            Assert.Equal(byBase, gradients[0][0]);
            Assert.Equal(byExponent, gradients[1][0]);
        }
        var sizes = new Dictionary<string, int> { ["n"] = 1 };
        var value = Ops.Pow(Expr.From([a], "n", sizes), Expr.From([b], "n", sizes)).ToArray("n", sizes)[0];
        Assert.Equal((float)value, BranchKernels.Power(Tensor.From([a]), Tensor.From([b])).ToArray<float>()[0]);
    }

    [Fact]
    public void A_power_with_exponent_zero_is_constant()
    {
        using var scope = new TensorScope();
        Assert.Equal([-1, -2], Gradients(t => BranchKernels.Focal(t[0], gamma: 0), Tensor.From([1f, 0.5f]))[0]);
    }

    [Fact]
    public void A_loss_that_folds_to_a_constant_says_that_it_does_not_depend_on_its_parameters()
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        var x = Tensor.From([1f, 2f]);
        tape.Watch(x);
        var error = Assert.Throws<ArgumentException>(() => tape.Backward(BranchKernels.Total(BranchKernels.TimesZero(x))));
        Assert.Contains("does not depend on its parameters", error.Message);
        Assert.Contains("BranchKernels.TimesZero", error.Message);
        Assert.DoesNotContain("BranchKernels.Total", error.Message);
    }

    [Fact]
    public void Zero_times_what_is_no_number_is_NaN_in_both_lives()
    {
        using var scope = new TensorScope();
        float[] values = [1, float.PositiveInfinity, Nan, 0];
        var sizes = new Dictionary<string, int> { ["n"] = values.Length };
        var definition = BranchKernels.Folds(Expr.From(values.Select(v => (double)v).ToArray(), "n", sizes)).ToArray("n", sizes);
        var compiled = BranchKernels.Folds(Tensor.From(values)).ToArray<float>();
        Assert.Equal(definition.Select(v => (float)v), compiled);
        Assert.Equal([0, Nan, Nan, Nan], compiled);
    }
}

/// <summary>Kernels of <see cref="BranchTests"/>; the suite runs them, too, with positive numbers where they are called so.</summary>
public static partial class BranchKernels
{
    [Kernel]
    [return: Dims("")]
    public static Expr Total([Dims("...")] Expr x) => Sum(x, over: "...");

    [Kernel]
    [return: Dims("n")]
    public static Expr SafeDivide([Dims("n")] Expr a, [Dims("n")] Expr b) => Select(b == 0, 0, a / b);

    [Kernel]
    [return: Dims("n h")]
    public static Expr DroppedLayer([Dims("n d")] Expr x, [Dims("d h")] Expr w, int seed, float rate)
    {
        var y = Sum(x * w, over: "d");
        return Select(y.Random(seed) < rate, 0, y / (1 - rate));
    }

    [Kernel]
    [return: Dims("n")]
    public static Expr LogOfEntries([Dims("v")] Expr positive, [Dims("")] Expr scale, [Ids("n")] Expr ids) => Gather(Log(positive) * scale, "v", ids);

    [Kernel]
    [return: Dims("n h")]
    public static Expr MaskedRows([Dims("n d")] Expr x, [Dims("d h")] Expr w, [Dims("n")] Expr mask) => Select(mask > 0, Sum(x * w, over: "d"), 0);

    [Kernel]
    [return: Dims("n")]
    public static Expr Power([Dims("n")] Expr positive, [Dims("n")] Expr exponent) => Pow(positive, exponent);

    [Kernel]
    [return: Dims("n")]
    public static Expr Focal([Dims("n")] Expr positive, float gamma = 2) => -Pow(1 - positive, gamma) * Log(positive);

    [Kernel]
    [return: Dims("n")]
    public static Expr TimesZero([Dims("n")] Expr x) => x * 0;

    /// <summary>Zero where x is a number other than zero.</summary>
    [Kernel]
    [return: Dims("n")]
    public static Expr Folds([Dims("n")] Expr x) => x * 0 + 0 * x + (x - x) + 0 / x;
}

[Recompile(typeof(BranchKernels), Fusion = false)]
public static partial class UnfusedBranchKernels;
