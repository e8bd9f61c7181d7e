using Xunit;

namespace MageDsl.Tests.Autograd;

/// <summary>What a gradient needs must be there, and as it was, when Backward runs; what it does not need may change.</summary>
public sealed class ChangedValueTests : IDisposable
{
    private readonly TensorScope scope = new();

    /// <summary>Everything that writes, and what the message calls it.</summary>
    public static TheoryData<string, string> Writers => new()
    {
        { "fill", "Tensor.Fill" },
        { "clear", "Tensor.Clear" },
        { "span", "Tensor.WritableSpan" },
        { "tensor span", "Tensor.AsWritableTensorSpan" },
        { "copy", "Tensor.CopyTo" },
        { "view", "Tensor.Fill" },
        { "pointer", "a loop of mine" },
        { "kernel", "TapeKernels.Step" },
        { "unfused kernel", "UnfusedTapeKernels.Step" },
        { "optimizer", "OptimizerKernels.AdamWUpdate" },
        { "load", "Module.LoadStateDict" },
    };

    public void Dispose() => scope.Dispose();

    private static Tensor Vector(params float[] values) => Tensor.From(values);

    [Theory]
    [MemberData(nameof(Writers))]
    public void A_change_of_what_a_gradient_reads_names_tensor_writer_and_kernel(string writer, string name)
    {
        var module = new OneWeight();
        var weight = module.Weight;
        using var tape = new GradientTape();
        var loss = TapeKernels.Dot(weight, weight);
        Write(writer, module);
        var message = Assert.Throws<InvalidOperationException>(() => tape.Backward(loss)).Message;
        Assert.Contains(
            $"the gradient of TapeKernels.Dot needs x (weight Float32 [3]) as it was at the launch, but {name} has changed it since", message);
        Assert.Contains("Backward before the change", message);
        Assert.Null(weight.Gradient);
    }

    [Theory]
    [MemberData(nameof(Writers))]
    public void A_change_before_the_launch_or_after_the_backward_pass_is_fine(string writer, string name)
    {
        Assert.NotEmpty(name);
        var module = new OneWeight();
        Write(writer, module);
        var expected = module.Weight.Value.ToArray<float>().Select(value => 2 * value);
        using var tape = new GradientTape();
        tape.Backward(TapeKernels.Dot(module.Weight, module.Weight));
        Assert.Equal(expected, tape.Gradient(module.Weight)!.ToArray<float>());
        Write(writer, module);
        Assert.Equal(expected, tape.Gradient(module.Weight)!.ToArray<float>());
    }

    private static unsafe void Write(string writer, OneWeight module)
    {
        var (weight, other) = (module.Weight, Vector(4, 5, 6));
        switch (writer)
        {
            case "fill": weight.Value.Fill(7); break;
            case "clear": weight.Value.Clear(); break;
            case "span": weight.Value.WritableSpan<float>()[1] = 7; break;
            case "tensor span": weight.Value.AsWritableTensorSpan()[1] = 7; break;
            case "copy": other.CopyTo(weight); break;
            case "view": weight.Value.Reshape(3, 1).Fill(7); break;
            case "pointer":
                weight.Value.Changed("a loop of mine");
                weight.Value.Pointer<float>()[1] = 7;
                break;
            case "kernel": TapeKernels.Step(weight, other); break;
            case "unfused kernel": UnfusedTapeKernels.Step(weight, other); break;
            case "optimizer":
                weight.Gradient = other;
                new AdamW(module.Parameters()).Step(0.1);
                weight.Gradient = null;
                break;
            default: module.LoadStateDict(new Dictionary<string, Tensor> { ["weight"] = other }); break;
        }
    }

    [Fact]
    public void Reading_changes_nothing()
    {
        using var tape = new GradientTape();
        var x = Vector(1, 2, 3);
        tape.Watch(x);
        var loss = TapeKernels.Dot(x, x);
        Assert.Equal(
            14,
            x.Span<float>()[0] + x.AsTensorSpan()[1] + x.ToArray<float>()[2]
                + x.Clone().Span<float>()[0] + x.Cast(ElementType.Int32).ToArray<int>()[2] + 4);
        x.CopyTo(Vector(0, 0, 0));
        tape.Backward(loss);
        Assert.Equal([2f, 4, 6], tape.Gradient(x)!.ToArray<float>());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Only_what_the_wanted_gradients_read_counts(bool fused)
    {
        Tensor x = Vector(1, 2), y = Vector(3, 4), ones = Vector(1, 1);
        Func<Tensor, Tensor, Tensor> dot = fused ? TapeKernels.Dot : UnfusedTapeKernels.Dot;
        Func<Tensor, Tensor, Tensor> shift = fused ? TapeKernels.Shift : UnfusedTapeKernels.Shift;

        // d/dx reads y alone, though the kernel read x, too.
        using (var tape = new GradientTape())
        {
            tape.Watch(x);
            var loss = dot(x, y);
            x.Fill(9);
            tape.Backward(loss);
            Assert.Equal([3f, 4], tape.Gradient(x)!.ToArray<float>());
        }

        using (var tape = new GradientTape())
        {
            tape.Watch(x);
            var loss = dot(x, y);
            y.Fill(9);
            Assert.Contains("needs y (", Assert.Throws<InvalidOperationException>(() => tape.Backward(loss)).Message);
        }

        // A sum reads neither.
        using (var tape = new GradientTape())
        {
            tape.Watch(x);
            var loss = dot(shift(x, y), ones);
            x.Fill(5);
            y.Clear();
            tape.Backward(loss);
            Assert.Equal([1f, 1], tape.Gradient(x)!.ToArray<float>());
        }

        // What the loss does not depend on is not asked.
        using (var tape = new GradientTape())
        {
            tape.Watch(x);
            dot(x, x);
            var loss = dot(shift(x, y), ones);
            x.Fill(5);
            tape.Backward(loss);
            Assert.Equal([1f, 1], tape.Gradient(x)!.ToArray<float>());
        }
    }

    [Fact]
    public void Results_and_ids_that_a_gradient_reads_count()
    {
        Tensor x = Vector(1, 2), ids = Tensor.From([1, 0, 1]);
        using (var tape = new GradientTape())
        {
            tape.Watch(x);
            var result = TapeKernels.Exponential(x);
            var loss = TapeKernels.Dot(result, Vector(1, 1));
            result.Fill(0);
            Assert.Contains(
                "TapeKernels.Exponential needs its result (tensor Float32 [2])",
                Assert.Throws<InvalidOperationException>(() => tape.Backward(loss)).Message);
        }

        using (var tape = new GradientTape())
        {
            tape.Watch(x);
            var loss = TapeKernels.Dot(TapeKernels.Pick(x, ids), Vector(1, 1, 1));
            ids.Clear();
            Assert.Contains(
                "TapeKernels.Pick needs ids (tensor Int32 [3])", Assert.Throws<InvalidOperationException>(() => tape.Backward(loss)).Message);
        }
    }

    [Fact]
    public void A_result_that_changed_before_it_was_used_is_refused()
    {
        var x = Vector(1, 2);
        using var tape = new GradientTape();
        tape.Watch(x);
        var shifted = TapeKernels.Shift(x, x);
        TapeKernels.Step(shifted, shifted);
        var loss = TapeKernels.Dot(TapeKernels.Shift(shifted, Vector(0, 0)), Vector(1, 1));
        var message = Assert.Throws<InvalidOperationException>(() => tape.Backward(loss)).Message;
        Assert.Contains("computed by TapeKernels.Shift, changed by TapeKernels.Step and then used by TapeKernels.Shift", message);
    }

    [Fact]
    public void A_loss_that_was_scaled_in_place_is_refused()
    {
        var x = Vector(1, 2);
        using var tape = new GradientTape();
        tape.Watch(x);
        var loss = TapeKernels.Dot(TapeKernels.Shift(x, x), Vector(1, 1));
        loss.WritableSpan<float>()[0] /= 4;
        Assert.Contains("used by GradientTape.Backward", Assert.Throws<InvalidOperationException>(() => tape.Backward(loss)).Message);
    }

    [Fact]
    public void A_gradient_at_two_values_is_refused()
    {
        var x = Vector(1, 2);
        using var tape = new GradientTape();
        tape.Watch(x);
        var first = TapeKernels.Shift(x, Vector(0, 0));
        x.Fill(5);
        var second = TapeKernels.Exponential(x);
        var loss = TapeKernels.Dot(TapeKernels.Shift(first, second), Vector(1, 1));
        var message = Assert.Throws<InvalidOperationException>(() => tape.Backward(loss)).Message;
        Assert.Contains("Tensor.Fill changed it between TapeKernels.Shift and TapeKernels.Exponential", message);
    }

    [Fact]
    public void A_value_may_change_between_watching_and_its_first_use()
    {
        var x = Vector(1, 2);
        using var tape = new GradientTape();
        tape.Watch(x);
        x.Fill(5);
        tape.Backward(TapeKernels.Dot(x, x));
        Assert.Equal([10f, 10], tape.Gradient(x)!.ToArray<float>());
    }

    [Fact]
    public void A_tensor_that_a_gradient_reads_must_be_alive()
    {
        Tensor x = Vector(1, 2), y = Vector(3, 4);
        y.Name = "targets";
        using var tape = new GradientTape();
        tape.Watch(x);
        var loss = TapeKernels.Dot(x, y);
        y.Dispose();
        using var other = Vector(8, 9); // takes the memory over
        var message = Assert.Throws<ObjectDisposedException>(() => tape.Backward(loss)).Message;
        Assert.Contains("TapeKernels.Dot needs y (targets Float32 [2]), but it was disposed of before Backward", message);
    }

    [Fact]
    public void What_a_launch_kept_must_be_alive()
    {
        var x = Vector(3, 4);
        using var tape = new GradientTape();
        tape.Watch(x);
        Tensor unit;
        using (var inner = new TensorScope())
        {
            unit = inner.Keep(TapeKernels.Unit(x));
        }

        var loss = TapeKernels.Dot(unit, Vector(1, 1));
        var message = Assert.Throws<ObjectDisposedException>(() => tape.Backward(loss)).Message;
        Assert.Contains("TapeKernels.Unit needs values that its launch kept, but their TensorScope ended before Backward", message);
    }

    [Fact]
    public void A_tensor_that_no_gradient_reads_may_be_gone()
    {
        Tensor x = Vector(1, 2), loss;
        using (var tape = new GradientTape())
        {
            tape.Watch(x);
            using (var inner = new TensorScope())
            {
                loss = inner.Keep(TapeKernels.Total(TapeKernels.Shift(x, Vector(0, 0))));
            }

            tape.Backward(loss);
            Assert.Equal([1f, 1], tape.Gradient(x)!.ToArray<float>());
        }

        // The gradient by the first factor needs the second alone, but one stage makes both gradients: an error, though with the name.
        using (var tape = new GradientTape())
        {
            tape.Watch(x);
            var ones = Vector(1, 1);
            using (var inner = new TensorScope())
            {
                loss = inner.Keep(TapeKernels.Dot(TapeKernels.Shift(x, ones), ones));
            }

            var message = Assert.Throws<ObjectDisposedException>(() => tape.Backward(loss)).Message;
            Assert.Contains("TapeKernels.Dot needs x (tensor Float32 [2]), but its TensorScope ended before Backward", message);
        }
    }

    [Fact]
    public void Changes_on_other_threads_count()
    {
        var x = Vector(1, 2, 3);
        using var tape = new GradientTape();
        tape.Watch(x);
        var loss = TapeKernels.Dot(x, x);
        var thread = new Thread(() => x.Fill(0));
        thread.Start();
        thread.Join();
        Assert.Contains("Tensor.Fill", Assert.Throws<InvalidOperationException>(() => tape.Backward(loss)).Message);
    }

    private sealed class OneWeight : Module
    {
        public OneWeight() => Weight = Add("weight", Vector(1, 2, 3));

        public Parameter Weight { get; }
    }
}
