using MageDsl.Devices;
using MageDsl.Layers;
using Xunit;

namespace MageDsl.Tests.Autograd;

/// <summary>Gradients of several tapes add up in the parameters until a step uses them.</summary>
public class AccumulationTests
{
    private static Parameter Weight(params float[] values) => new("w", Tensor.From(values));

    private static void Backward(Parameter weight, double lossWeight = 1)
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        tape.Backward(TapeKernels.Dot(weight, weight), lossWeight);
    }

    [Fact]
    public void Four_quarters_make_the_gradient_of_the_whole()
    {
        using var scope = new TensorScope();
        var random = new Initializer(5);
        var x = random.Normal(1, 32, 6);
        var (weight, bias) = (new Parameter("weight", random.Normal(1, 3, 6)), new Parameter("bias", random.Normal(1, 3)));
        var target = Tensor.From(Enumerable.Range(0, 32).Select(i => i % 3).ToArray());

        float[] Gradients(int parts)
        {
            var rows = 32 / parts;
            for (var part = 0; part < parts; part++)
            {
                using var inner = new TensorScope();
                using var tape = new GradientTape();
                var scores = Projections.Linear(Tensor.From(x.Span<float>().Slice(part * rows * 6, rows * 6), rows, 6), weight, bias);
                var losses = Losses.SmoothedCrossEntropy(scores, Tensor.From(target.Span<int>().Slice(part * rows, rows)));
                tape.Backward(TapeKernels.Dot(losses, Tensor.Full(ElementType.Float32, 1.0 / rows, rows)), weight: 1.0 / parts);
            }

            float[] gradients = [.. weight.Gradient!.Span<float>(), .. bias.Gradient!.Span<float>()];
            weight.Gradient = bias.Gradient = null;
            return gradients;
        }

        var whole = Gradients(1);
        Assert.All(whole.Zip(Gradients(4)), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        Assert.Contains(whole, gradient => Math.Abs(gradient) > 0.01);
    }

    [Fact]
    public void Steps_are_those_of_the_sum_wherever_scopes_begin_and_end()
    {
        var (inner, outer, after) = (Weight(1, 2), Weight(1, 2), Weight(1, 2));
        var optimizers = new[] { inner, outer, after }.Select(weight => new AdamW([weight])).ToArray();
        for (var step = 0; step < 3; step++)
        {
            // The last batch's scope, one scope around all, and none.
            for (var part = 0; part < 4; part++)
            {
                using var scope = new TensorScope();
                Backward(inner);
                if (part == 3) optimizers[0].Step(0.1, clipNorm: 5);
            }

            using (new TensorScope())
            {
                for (var part = 0; part < 4; part++) Backward(outer);
                optimizers[1].Step(0.1, clipNorm: 5);
            }

            for (var part = 0; part < 4; part++) Backward(after);
            Assert.Equal(after.Value.ToArray<float>().Select(value => 8 * value), after.Gradient!.ToArray<float>());
            optimizers[2].Step(0.1, clipNorm: 5);
            Assert.Null(after.Gradient);
        }

        Assert.Equal(after.Value.ToArray<float>(), inner.Value.ToArray<float>());
        Assert.Equal(after.Value.ToArray<float>(), outer.Value.ToArray<float>());
        Assert.NotEqual(1, after.Value.Span<float>()[0]);
    }

    [Fact]
    public void A_step_of_ones_own_begins_a_new_sum()
    {
        var weight = Weight(1, 2);
        for (var step = 0; step < 3; step++)
        {
            Backward(weight);
            Assert.Equal(weight.Value.ToArray<float>().Select(value => 2 * value), weight.Gradient!.ToArray<float>());
            TapeKernels.Step(weight, weight.Gradient);
        }
    }

    [Fact]
    public void Clearing_begins_a_new_sum()
    {
        var weight = Weight(1, 2);
        Backward(weight);
        Backward(weight);
        Assert.Equal([4f, 8], weight.Gradient!.ToArray<float>());
        weight.Gradient = null;
        Backward(weight, 0.25);
        Assert.Equal([0.5f, 1], weight.Gradient!.ToArray<float>());
    }

    [Fact]
    public void A_step_that_was_not_finite_does_not_spoil_the_next_sum()
    {
        var weight = Weight(1, 2);
        var optimizer = new AdamW([weight]);
        using (new TensorScope())
        {
            using var tape = new GradientTape();
            tape.Backward(TapeKernels.Dot(weight, Tensor.From([float.NaN, 1])));
        }

        Assert.False(double.IsFinite(optimizer.Step(0.1, clipNorm: 1)));
        Backward(weight);
        Assert.Equal([2f, 4], weight.Gradient!.ToArray<float>());
    }

    [Fact]
    public void A_tape_keeps_its_own_part()
    {
        using var scope = new TensorScope();
        var weight = Weight(1, 2);
        using var first = new GradientTape();
        first.Backward(TapeKernels.Dot(weight, weight));
        using var second = new GradientTape();
        second.Backward(TapeKernels.Dot(weight, Tensor.From([1f, 1])));
        Assert.Equal([2f, 4], first.Gradient(weight)!.ToArray<float>());
        Assert.Equal([1f, 1], second.Gradient(weight)!.ToArray<float>());
        Assert.Equal([3f, 5], weight.Gradient!.ToArray<float>());
    }

    [Fact]
    public void Threads_add_to_one_parameter()
    {
        var weight = Weight(1, 2);
        Parallel.For(0, 64, _ => Backward(weight));
        Assert.Equal([128f, 256], weight.Gradient!.ToArray<float>());
    }

    [Fact]
    public void Memory_does_not_grow_with_the_number_of_tapes()
    {
        var weight = new Parameter("w", Tensor.Full(ElementType.Float32, 1, 1 << 16));
        Backward(weight);
        var before = Device.Default.Pool.InUseBytes;
        for (var i = 0; i < 20; i++) Backward(weight);
        Assert.True(Device.Default.Pool.InUseBytes - before < 4 * weight.Value.Count * sizeof(float));
        weight.Value.Dispose();
        weight.Gradient = null;
    }

    [Fact]
    public void A_gradient_of_another_shape_or_type_is_refused()
    {
        var weight = Weight(1, 2);
        Assert.Contains("gradient of w Float32 [2]", Assert.Throws<ArgumentException>(() => weight.Gradient = Tensor.From([1f])).Message);
        Assert.Throws<ArgumentException>(() => weight.Gradient = Tensor.From([1.0, 2]));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_weight_that_is_not_finite_is_refused(double lossWeight)
        => Assert.Contains("finite", Assert.Throws<ArgumentException>(() => Backward(Weight(1), lossWeight)).Message);
}
