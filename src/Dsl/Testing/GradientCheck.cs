namespace MageDsl.Testing;

/// <summary>
/// Checks a compiled kernel against its definition: results in float64 and float32 against the definition evaluated
/// eagerly, and the gradient of every input in float64 by three ways that must agree: the compiled backward pass, forward mode over
/// the definition, and central differences of it.
/// </summary>
/// <remarks>
/// The loss is the sum of the results times random cotangents. Gradients are compared relative to their max-norm. Forward mode is exact
/// but for rounding, and the compiled gradient has to come close to it, element by element and along a random direction. Differences
/// (of fourth order) are compared with forward mode where that comparison came out worst, and along the direction. What goes through
/// <see cref="Ops.StopGradient"/> is constant in all three. Where differences disagree at one step they are taken again at a smaller
/// one, which tells a kink that the step reached over from a wrong derivative.
/// </remarks>
public static class GradientCheck
{
    // Below this norm errors count absolutely.
    private const double SmallestResult = 1e-3;

    /// <summary>Runs a kernel once and compares everything; look at the result, or call its Assert.</summary>
    /// <exception cref="ExprException">The definition does not accept the sizes or the values; give others in the options.</exception>
    public static GradientCheckResult Run(KernelInfo kernel, GradientCheckOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        options ??= new GradientCheckOptions();
        var sizes = AxisSizes.Choose(kernel, options.Seed, options.Sizes, options.Scalars);
        var arguments = KernelArguments.Draw(kernel, sizes, options);
        var result = new GradientCheckResult(kernel.Name, sizes, options.Seed);
        var difference = new NumericGradient(kernel, arguments, kernel.Sizes(sizes), options.Seed);

        using var scope = new TensorScope();
        if (options.CheckFloat32) result.Float32Error = CheckForward(ElementType.Float32, options.Float32Tolerance);
        result.Float64Error = CheckForward(ElementType.Float64, options.Float64Tolerance);
        if (result.Passed && kernel.Differentiable && kernel.Into.Count == 0) CheckGradients();
        return result;

        double CheckForward(ElementType type, double tolerance)
        {
            var inputs = arguments.ForLaunch(type);
            var outputs = kernel.Launch(inputs);
            if (kernel.Into.Count == 0) WantUntouched(result, kernel, inputs, arguments.ForLaunch(type));
            if (outputs.Length != difference.Results.Length)
            {
                result.FailureList.Add($"{type}: {outputs.Length} results, but the definition has {difference.Results.Length}");
                return double.PositiveInfinity;
            }
            var largest = 0.0;
            for (var i = 0; i < outputs.Length; i++)
            {
                var expected = difference.Results[i];
                var shape = KernelArguments.SpreadLeading(kernel.Results[i], difference.Shapes[i]);
                if (!outputs[i].Shape.SequenceEqual(shape))
                {
                    result.FailureList.Add($"{type}: result {i} [{kernel.Results[i]}] has shape {Tensor.ShapeText(outputs[i].Shape)}, but the definition gives {Tensor.ShapeText(shape)}");
                    return double.PositiveInfinity;
                }
                var (error, at, found) = Compare.Worst(KernelArguments.ToDoubles(outputs[i]), expected, SmallestResult);
                largest = Math.Max(largest, error);
                if (!(error <= tolerance))
                    result.FailureList.Add($"{type}: result {i} [{kernel.Results[i]}] at index {at} is {found:R}, but the definition gives {expected[at]:R} (relative error {error:E1}, {tolerance:E0} accepted)");
            }
            return largest;
        }

        void CheckGradients()
        {
            if (difference.RealResults.Length == 0) return;
            int[] real = [.. Enumerable.Range(0, kernel.Parameters.Count).Where(i => kernel.Parameters[i].Kind == KernelParameterKind.Tensor)];
            var together = CompiledGradient.Run(kernel, arguments, difference, real, result.FailureList).Gradients;
            var check = new DerivativeCheck(kernel, arguments, kernel.Sizes(sizes), difference, options);
            foreach (var at in real)
            {
                if (check.Check(at, together[at]) is { } compared)
                {
                    result.GradientList.Add(compared.Worst);
                    result.FailureList.AddRange([.. compared.WrongCompiled, .. compared.WrongForward]);
                }
                if (!options.CheckAlone || real.Length < 2) continue;
                var alone = CompiledGradient.Run(kernel, arguments, difference, [at], result.FailureList).Gradients[at];
                var (error, index, found) = Compare.Worst(alone, together[at], DerivativeCheck.SmallestGradient);
                if (!(error <= options.GradientTolerance))
                    result.FailureList.Add($"gradient of {kernel.Parameters[at].Name} at index {index} is {found:R} if asked for alone, but {together[at][index]:R} together with the others");
            }
        }
    }

    private static void WantUntouched(GradientCheckResult result, KernelInfo kernel, object[] inputs, object[] originals)
    {
        for (var i = 0; i < inputs.Length; i++)
        {
            if (inputs[i] is Tensor input && !KernelArguments.ToDoubles(input).AsSpan().SequenceEqual(KernelArguments.ToDoubles((Tensor)originals[i])))
                result.FailureList.Add($"the launch wrote into its input {kernel.Parameters[i].Name}");
        }
    }
}
