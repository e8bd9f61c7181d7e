namespace MageDsl;

/// <summary>
/// Adam with decoupled weight decay, with the semantics of PyTorch's. Parameters of one dimension, biases and those exempt by name do not decay.
/// A parameter without a gradient, or that requires none, is left alone entirely: neither decayed nor counted as stepped.
/// </summary>
public sealed class AdamW
{
    private readonly OrderedDictionary<Parameter, Moments> moments = [];
    private readonly List<Parameter> parameters;
    private readonly HashSet<string> exempt;

    /// <summary>An optimizer that has not stepped yet.</summary>
    /// <param name="parameters">What it updates, as long as they require gradients.</param>
    /// <param name="weightDecay">Decay per unit of learning rate.</param>
    /// <param name="beta1">How much of the mean of gradients is kept at each step.</param>
    /// <param name="beta2">How much of the mean of their squares is kept.</param>
    /// <param name="epsilon">Keeps the quotient of the two finite.</param>
    /// <param name="exempt">Names that do not decay, besides biases and vectors.</param>
    /// <exception cref="ArgumentException">Two parameters have the same name, so that their state could not be told apart.</exception>
    public AdamW(
        IEnumerable<Parameter> parameters, double weightDecay = 0.05, double beta1 = 0.9, double beta2 = 0.95, double epsilon = 1e-8,
        IEnumerable<string>? exempt = null)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        this.parameters = [.. parameters.Where(parameter => parameter.Value.Type.IsReal())];
        this.exempt = [.. exempt ?? []];
        if (this.parameters.CountBy(parameter => parameter.Name).FirstOrDefault(pair => pair.Value > 1).Key is { } name)
        {
            throw new ArgumentException($"two parameters are called {name}", nameof(parameters));
        }

        WeightDecay = weightDecay;
        Beta1 = beta1;
        Beta2 = beta2;
        Epsilon = epsilon;
    }

    /// <summary>Decay per unit of learning rate.</summary>
    public double WeightDecay { get; }

    /// <summary>How much of the mean of gradients is kept at each step.</summary>
    public double Beta1 { get; }

    /// <summary>How much of the mean of squared gradients is kept at each step.</summary>
    public double Beta2 { get; }

    /// <summary>Keeps the quotient finite.</summary>
    public double Epsilon { get; }

    /// <summary>The parameters that are updated: those that require gradients now.</summary>
    public IReadOnlyList<Parameter> Parameters => [.. this.parameters.Where(parameter => parameter.RequiresGrad)];

    /// <summary>How often <see cref="Step"/> was called.</summary>
    public int StepCount { get; private set; }

    /// <summary>Whether weight decay applies: not to vectors and scalars, names that end in <c>.bias</c>, and those exempt.</summary>
    public bool Decays(Parameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return parameter.Value.Rank > 1 && !parameter.Name.EndsWith(".bias", StringComparison.Ordinal) && !this.exempt.Contains(parameter.Name);
    }

    /// <summary>
    /// Updates every parameter that has a gradient, and uses the gradients up: the next <see cref="GradientTape.Backward"/> begins anew.
    /// </summary>
    /// <param name="rate">The learning rate of this step.</param>
    /// <param name="clipNorm">The largest norm of all gradients together; null for any.</param>
    /// <param name="rateScale">Multiplies the rate of a parameter (layer-wise decay); null for 1.</param>
    /// <returns>
    /// The norm of the gradients before clipping; NaN if it was not asked to clip, as it is then not computed.
    /// If it was, and the norm is not finite, the step counts but changes nothing: every weight would be lost.
    /// </returns>
    /// <exception cref="InvalidOperationException">No parameter has a gradient. Nothing is changed, as with the next.</exception>
    /// <exception cref="ObjectDisposedException">A gradient is gone before it was used.</exception>
    public double Step(double rate, double? clipNorm = null, Func<Parameter, double>? rateScale = null)
    {
        using var paused = GradientTape.Pause();
        var parameters = Parameters;
        var ready = parameters.Where(parameter => parameter.ReadyGradient() is not null).ToList();
        if (ready.Count == 0)
        {
            throw NoGradient(parameters.Count);
        }

        StepCount++;
        var norm = Update(ready, rate, clipNorm, rateScale);

        // To the scope of who called.
        foreach (var parameter in ready) parameter.UseUpGradient();
        return norm;
    }

    /// <summary>
    /// What it takes to go on later: <c>step</c>, and for each parameter that was stepped <c>NAME.step</c>, <c>NAME.exp_avg</c> and
    /// <c>NAME.exp_avg_sq</c>. The means are live, not copies; the counts belong to the current scope.
    /// </summary>
    public IReadOnlyDictionary<string, Tensor> StateDict()
    {
        var state = new OrderedDictionary<string, Tensor> { ["step"] = Tensor.From([StepCount], []) };
        foreach (var parameter in this.parameters)
        {
            if (this.moments.TryGetValue(parameter, out var moments))
            {
                state.Add($"{parameter.Name}.step", Tensor.From([moments.Steps], []));
                state.Add($"{parameter.Name}.exp_avg", moments.First);
                state.Add($"{parameter.Name}.exp_avg_sq", moments.Second);
            }
        }

        return state;
    }

    /// <summary>Goes back to a state, copied from <see cref="StateDict"/> of an optimizer of the same parameters.</summary>
    /// <exception cref="CheckpointException">One line with the key that is missing, unexpected or does not fit. Nothing is changed then.</exception>
    public void LoadStateDict(IReadOnlyDictionary<string, Tensor> state)
    {
        var (steps, loaded) = Checked(state);
        StepCount = steps;
        this.moments.Clear();
        foreach (var (parameter, first, second, count) in loaded)
        {
            var moments = new Moments(parameter.Value) { Steps = count };
            first.CopyTo(moments.First);
            second.CopyTo(moments.Second);
            this.moments.Add(parameter, moments);
        }
    }

    /// <summary>What <see cref="LoadStateDict"/> would take; changes nothing.</summary>
    /// <exception cref="CheckpointException">It would refuse.</exception>
    internal (int Steps, List<(Parameter Parameter, Tensor First, Tensor Second, int Steps)> Means) Checked(
        IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var left = state.Keys.ToHashSet();
        var steps = Count(state, left, "step");
        var means = new List<(Parameter Parameter, Tensor First, Tensor Second, int Steps)>();
        foreach (var parameter in this.parameters)
        {
            if (state.ContainsKey($"{parameter.Name}.step"))
            {
                var count = Count(state, left, $"{parameter.Name}.step");
                means.Add((parameter, Mean(state, left, parameter, "exp_avg"), Mean(state, left, parameter, "exp_avg_sq"), count));
            }
        }

        return left.Count == 0
            ? (steps, means)
            : throw new CheckpointException($"the optimizer state does not fit: unexpected key {left.Order(StringComparer.Ordinal).First()}");
    }

    private InvalidOperationException NoGradient(int trained) => new(
        this.parameters.Count == 0 ? "the optimizer has no parameters, so a step would change nothing"
        : trained == 0 ? $"none of the {this.parameters.Count} parameters requires gradients (RequiresGrad), so a step would change nothing"
        : $"none of the {trained} parameters has a gradient, so a step would change nothing: call GradientTape.Backward before each step, "
            + "with a loss that depends on them");

    private static int Count(IReadOnlyDictionary<string, Tensor> state, HashSet<string> left, string key)
    {
        left.Remove(key);
        return state.TryGetValue(key, out var tensor) && tensor is { Type: ElementType.Int32, Count: 1 }
            ? (int)tensor.ItemAsDouble()
            : throw new CheckpointException($"the optimizer state does not fit: {key} is missing or not a single Int32");
    }

    private static Tensor Mean(IReadOnlyDictionary<string, Tensor> state, HashSet<string> left, Parameter parameter, string kind)
    {
        var key = $"{parameter.Name}.{kind}";
        left.Remove(key);
        if (!state.TryGetValue(key, out var tensor))
        {
            throw new CheckpointException($"the optimizer state does not fit: {key} is missing");
        }

        return tensor.Type == parameter.Value.Type && tensor.Shape.SequenceEqual(parameter.Value.Shape)
            ? tensor
            : throw new CheckpointException(
                $"the optimizer state does not fit: {key} expected {parameter.Value.Type} {Tensor.ShapeText(parameter.Value.Shape)}, "
                + $"found {tensor.Type} {Tensor.ShapeText(tensor.Shape)}");
    }

    private double Update(IReadOnlyList<Parameter> parameters, double rate, double? clipNorm, Func<Parameter, double>? rateScale)
    {
        using var scope = new TensorScope();
        var squares = clipNorm is null ? null : GradientClipping.Squares(parameters);
        var steps = parameters.Select(parameter => (Parameter: parameter, Rate: rate * (rateScale?.Invoke(parameter) ?? 1))).ToArray();
        parameters[0].Value.Device.Together(steps, step =>
        {
            var gradient = step.Parameter.Gradient!;
            Update(step.Parameter, gradient, step.Rate, squares?[(gradient.Device, gradient.Type)], clipNorm ?? 0);
        });
        if (squares is null) return double.NaN;

        // Read last: a device has all of the step to do by then.
        var norm = Math.Sqrt(squares.Values.First().ItemAsDouble());
        if (!double.IsFinite(norm)) TakeBack(parameters);
        return norm;
    }

    /// <summary>Says of parameters that have not been changed that they were not stepped.</summary>
    private void TakeBack(IEnumerable<Parameter> parameters)
    {
        foreach (var parameter in parameters)
        {
            if (--this.moments[parameter].Steps == 0) this.moments.Remove(parameter);
        }
    }

    private void Update(Parameter parameter, Tensor gradient, double rate, Tensor? squares, double limit)
    {
        if (!this.moments.TryGetValue(parameter, out var moments))
        {
            this.moments.Add(parameter, moments = new Moments(parameter.Value));
        }

        moments.Steps++;
        var decay = Decays(parameter) ? WeightDecay : 0;
        var (beta1, rest1, beta2, rest2) = ((float)Beta1, (float)(1 - Beta1), (float)Beta2, (float)(1 - Beta2));
        var keep = (float)(1 - (rate * decay));
        var step = (float)(rate / (1 - Math.Pow(Beta1, moments.Steps)));
        var root = (float)Math.Sqrt(1 - Math.Pow(Beta2, moments.Steps));
        if (squares is null)
        {
            OptimizerKernels.AdamWUpdate(
                parameter.Value, gradient, moments.First, moments.Second, beta1, rest1, beta2, rest2, keep, step, root, (float)Epsilon);
        }
        else
        {
            OptimizerKernels.AdamWClippedUpdate(
                parameter.Value, gradient, moments.First, moments.Second, squares, (float)limit, beta1, rest1, beta2, rest2, keep, step, root,
                (float)Epsilon);
        }
    }

    /// <summary>The state of one parameter; it belongs to no scope.</summary>
    private sealed class Moments(Tensor weight)
    {
        public Tensor First { get; } = TensorScope.Detach(Tensor.ZerosLike(weight));

        public Tensor Second { get; } = TensorScope.Detach(Tensor.ZerosLike(weight));

        public int Steps { get; set; }
    }
}
