using Xunit;

namespace MageDsl.Tests.Optimizers;

public sealed class AdamWTests : IDisposable
{
    private readonly TensorScope scope = new();

    public void Dispose() => this.scope.Dispose();

    private static Parameter Make(string name, params int[] shape)
    {
        var tensor = new Initializer(11).Normal(1, shape);
        return new Parameter(name, tensor);
    }

    /// <summary>Gradients that change from step to step.</summary>
    private static void SetGradient(Parameter parameter, int step)
    {
        var gradient = new Initializer(100 + step).Normal(0.3, parameter.Value.Shape);
        parameter.Gradient = gradient;
    }

    /// <summary>The algorithm as published, in double, one element at a time.</summary>
    private static double[] Reference(double[] weight, IReadOnlyList<double[]> gradients, double rate, double decay)
    {
        const double Beta1 = 0.9, Beta2 = 0.95, Epsilon = 1e-8;
        var result = (double[])weight.Clone();
        for (var i = 0; i < weight.Length; i++)
        {
            double first = 0, second = 0;
            for (var t = 1; t <= gradients.Count; t++)
            {
                var gradient = gradients[t - 1][i];
                first = (Beta1 * first) + ((1 - Beta1) * gradient);
                second = (Beta2 * second) + ((1 - Beta2) * gradient * gradient);
                var correctedFirst = first / (1 - Math.Pow(Beta1, t));
                var correctedSecond = second / (1 - Math.Pow(Beta2, t));
                result[i] = result[i] - (rate * decay * result[i]) - (rate * correctedFirst / (Math.Sqrt(correctedSecond) + Epsilon));
            }
        }

        return result;
    }

    private static double[] Doubles(Tensor tensor) => tensor.Cast(ElementType.Float64).ToArray<double>();

    [Fact]
    public void Several_steps_follow_the_published_algorithm()
    {
        var parameter = Make("weight", 5, 7);
        var before = Doubles(parameter);
        var gradients = new List<double[]>();
        var optimizer = new AdamW([parameter], weightDecay: 0.05);
        for (var step = 0; step < 6; step++)
        {
            SetGradient(parameter, step);
            gradients.Add(Doubles(parameter.Gradient!));
            optimizer.Step(1e-2);
        }

        var expected = Reference(before, gradients, 1e-2, 0.05);
        Assert.All(Doubles(parameter).Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 2e-6));
        Assert.Equal(6, optimizer.StepCount);
    }

    [Fact]
    public void Vectors_biases_and_exempt_names_do_not_decay()
    {
        Parameter[] parameters =
        [
            Make("weight", 2, 2), Make("scale", 4), Make("mlm.bias", 1, 1, 4), Make("free", 2, 2), Make("embeddings.weight", 2, 2),
        ];
        var before = parameters.Select(parameter => Doubles(parameter)).ToList();
        var optimizer = new AdamW(parameters, weightDecay: 0.5, exempt: ["free"]);
        Assert.Equal([true, false, false, false, true], parameters.Select(optimizer.Decays));
        foreach (var parameter in parameters)
        {
            parameter.Gradient = Tensor.Zeros(ElementType.Float32, parameter.Value.Shape);
        }

        optimizer.Step(0.1);
        for (var i = 0; i < parameters.Length; i++)
        {
            var keep = optimizer.Decays(parameters[i]) ? 0.95 : 1;
            Assert.All(Doubles(parameters[i]).Zip(before[i]), pair => Assert.Equal(pair.Second * keep, pair.First, 1e-6));
        }
    }

    [Fact]
    public void A_parameter_without_a_gradient_is_left_alone_and_not_counted()
    {
        Parameter active = Make("active", 2, 2), idle = Make("idle", 2, 2);
        var before = idle.Value.ToArray<float>();
        var optimizer = new AdamW([active, idle], weightDecay: 0.5);
        SetGradient(active, 0);
        optimizer.Step(0.1);
        Assert.Equal(before, idle.Value.ToArray<float>());
        Assert.DoesNotContain("idle.step", optimizer.StateDict().Keys);

        // Its first step is step one of its own bias correction.
        SetGradient(idle, 1);
        var gradient = Doubles(idle.Gradient!);
        var start = Doubles(idle);
        active.Gradient = null;
        optimizer.Step(0.1);
        Assert.All(Doubles(idle).Zip(Reference(start, [gradient], 0.1, 0.5)), pair => Assert.Equal(pair.Second, pair.First, 1e-6));
    }

    [Fact]
    public void Frozen_parameters_are_left_out_as_long_as_they_are_frozen()
    {
        var (frozen, active) = (Make("frozen", 2), Make("active", 2));
        frozen.RequiresGrad = false;
        SetGradient(frozen, 0);
        SetGradient(active, 0);
        var before = frozen.Value.ToArray<float>();
        var optimizer = new AdamW([frozen, active]);
        Assert.Equal([active], optimizer.Parameters);
        optimizer.Step(0.1);
        Assert.Equal(before, frozen.Value.ToArray<float>());
        frozen.RequiresGrad = true;
        optimizer.Step(0.1);
        Assert.NotEqual(before, frozen.Value.ToArray<float>());
    }

    [Fact]
    public void A_step_without_any_gradient_is_refused()
    {
        var parameter = Make("x", 2);
        var optimizer = new AdamW([parameter]);
        AssertRefused(optimizer, "none of the 1 parameters has a gradient");
        using (new TensorScope())
        {
            SetGradient(parameter, 0);
            optimizer.Step(0.1);
        }

        AssertRefused(optimizer, "call GradientTape.Backward before each step"); // it was used up
        parameter.RequiresGrad = false;
        AssertRefused(optimizer, "none of the 1 parameters requires gradients");
        AssertRefused(new AdamW([]), "no parameters");
        Assert.Equal(1, optimizer.StepCount);

        static void AssertRefused(AdamW optimizer, string expected)
            => Assert.Contains(expected, Assert.Throws<InvalidOperationException>(() => optimizer.Step(0.1)).Message);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1.0)]
    public void A_gradient_that_is_gone_before_the_step_is_refused(double? clip)
    {
        Parameter parameter = Make("x", 2), other = Make("y", 2);
        var before = other.Value.ToArray<float>();
        SetGradient(other, 0);
        using (new TensorScope())
        {
            SetGradient(parameter, 0);
        }

        var optimizer = new AdamW([other, parameter]);
        var message = Assert.Throws<ObjectDisposedException>(() => optimizer.Step(0.1, clip)).Message;
        Assert.Contains("the gradient of x is gone, and no step has used it: its TensorScope has ended; step inside that scope", message);
        Assert.Throws<ObjectDisposedException>(() => GradientClipping.Norm([other, parameter]));
        Assert.Equal(before, other.Value.ToArray<float>());
        Assert.Equal(0, optimizer.StepCount);
    }

    [Fact]
    public void A_gradient_can_be_read_after_the_step_as_long_as_its_scope_lasts()
    {
        var parameter = new Parameter("x", Tensor.From([3f]));
        using (new TensorScope())
        {
            using var tape = new GradientTape();
            tape.Backward(Autograd.TapeKernels.Dot(parameter, parameter));
            new AdamW([parameter]).Step(0.1);
            Assert.Equal([6f], parameter.Gradient!.ToArray<float>());
        }

        Assert.Null(parameter.Gradient);
    }

    [Fact]
    public void The_norm_is_that_of_all_gradients_together()
    {
        Parameter a = Make("a", 2), b = Make("b", 2, 1), c = Make("c", 3);
        a.Gradient = Tensor.From([1f, 2]);
        b.Gradient = Tensor.From([2f, 4], 2, 1);
        Assert.Equal(5, GradientClipping.Norm([a, b, c]), 1e-6);
    }

    [Theory]
    [InlineData(5, 3.0, 3 / 5.000001)]
    [InlineData(2, 3.0, 1)]
    [InlineData(0, 3.0, 1)]
    [InlineData(1e9, null, 1)]
    public void The_coefficient_clips_but_never_stretches(double norm, double? limit, double expected)
        => Assert.Equal(expected, GradientClipping.Coefficient(norm, limit), 1e-12);

    [Fact]
    public void Clipping_acts_as_gradients_that_were_scaled()
    {
        Parameter clipped = Make("x", 3, 3), scaled = Make("x", 3, 3);
        var optimizers = new[] { new AdamW([clipped]), new AdamW([scaled]) };
        for (var step = 0; step < 3; step++)
        {
            SetGradient(clipped, step);
            var values = Doubles(clipped.Gradient!);
            var norm = Math.Sqrt(values.Sum(value => value * value));
            var coefficient = Math.Min(0.5 * (step + 1) / (norm + 1e-6), 1);
            scaled.Gradient = Tensor.From([.. values.Select(value => (float)(value * coefficient))], 3, 3);
            Assert.Equal(norm, optimizers[0].Step(0.01, clipNorm: 0.5 * (step + 1)), 1e-5);
            optimizers[1].Step(0.01);
        }

        Assert.All(Doubles(clipped).Zip(Doubles(scaled)), pair => Assert.Equal(pair.Second, pair.First, 1e-6));
    }

    [Fact]
    public void The_rate_can_be_scaled_by_parameter()
    {
        Parameter a = Make("a", 2, 2), b = Make("b", 2, 2);
        var before = b.Value.ToArray<float>();
        SetGradient(a, 0);
        SetGradient(b, 0);
        new AdamW([a, b]).Step(0.1, rateScale: parameter => parameter == a ? 1 : 0);
        Assert.Equal(before, b.Value.ToArray<float>());
        Assert.NotEqual(before, a.Value.ToArray<float>());
    }

    [Fact]
    public void Saved_and_restored_it_goes_on_bit_for_bit()
    {
        Parameter straight = Make("x", 4, 3), resumed = Make("x", 4, 3), idle = Make("idle", 2);
        var optimizer = new AdamW([straight]);
        var first = new AdamW([resumed, idle]);
        for (var step = 0; step < 6; step++)
        {
            SetGradient(straight, step);
            optimizer.Step(0.01, clipNorm: 1);
        }

        for (var step = 0; step < 3; step++)
        {
            SetGradient(resumed, step);
            first.Step(0.01, clipNorm: 1);
        }

        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            Safetensors.Write(path, first.StateDict());
            var second = new AdamW([resumed, idle]);
            second.LoadStateDict(Safetensors.Read(path).Tensors);
            Assert.Equal(3, second.StepCount);
            for (var step = 3; step < 6; step++)
            {
                SetGradient(resumed, step);
                second.Step(0.01, clipNorm: 1);
            }
        }
        finally
        {
            File.Delete(path);
        }

        Assert.Equal(straight.Value.ToArray<float>(), resumed.Value.ToArray<float>());
    }

    [Fact]
    public void A_state_that_does_not_fit_names_the_key()
    {
        var parameter = Make("x", 2, 2);
        var optimizer = new AdamW([parameter]);
        SetGradient(parameter, 0);
        optimizer.Step(0.1);
        var good = optimizer.StateDict();

        AssertRefused("step is missing", state => state.Remove("step"));
        AssertRefused("x.exp_avg is missing", state => state.Remove("x.exp_avg"));
        AssertRefused(
            "x.exp_avg_sq expected Float32 [2, 2], found Float32 [4]", state => state["x.exp_avg_sq"] = Tensor.Zeros(ElementType.Float32, 4));
        AssertRefused("unexpected key y.exp_avg", state => state["y.exp_avg"] = Tensor.Zeros(ElementType.Float32, 4));
        AssertRefused("x.step", state => state["x.step"] = Tensor.From([1f]));

        void AssertRefused(string expected, Action<Dictionary<string, Tensor>> spoil)
        {
            var state = good.ToDictionary();
            spoil(state);
            Assert.Contains(expected, Assert.Throws<CheckpointException>(() => optimizer.LoadStateDict(state)).Message);
            Assert.Equal(1, optimizer.StepCount);
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_gradient_that_is_not_finite_changes_nothing(float bad)
    {
        Parameter parameter = Make("x", 2, 2), other = Make("y", 2, 2);
        var before = other.Value.ToArray<float>();
        parameter.Gradient = Tensor.From([1, bad, 1, 1], 2, 2);
        SetGradient(other, 0);
        var optimizer = new AdamW([parameter, other]);
        Assert.False(double.IsFinite(optimizer.Step(0.1, clipNorm: 1)));
        Assert.Equal(before, other.Value.ToArray<float>());
        Assert.Equal(1, optimizer.StepCount);
    }

    [Fact]
    public void Two_parameters_of_one_name_are_refused()
        => Assert.Contains("x", Assert.Throws<ArgumentException>(() => new AdamW([Make("x", 2), Make("y", 2), Make("x", 3)])).Message);

    [Fact]
    public void Its_state_outlives_the_scope_of_a_step()
    {
        var parameter = Make("x", 2, 2);
        var optimizer = new AdamW([parameter]);
        for (var step = 0; step < 2; step++)
        {
            using var scope = new TensorScope();
            SetGradient(parameter, step);
            optimizer.Step(0.1, clipNorm: 1);
        }

        Assert.All(optimizer.StateDict().Values, tensor => Assert.False(tensor.IsDisposed));
        Assert.Null(parameter.Gradient);
    }

    [Fact]
    public void A_step_is_not_recorded()
    {
        var parameter = Make("x", 2, 2);
        SetGradient(parameter, 0);
        using var tape = new GradientTape();
        new AdamW([parameter]).Step(0.1, clipNorm: 1);
        Assert.Equal(0, tape.Count);
    }
}
