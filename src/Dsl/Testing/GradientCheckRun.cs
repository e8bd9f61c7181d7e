namespace MageDsl.Testing;

/// <summary>One run of <see cref="GradientCheck"/>: a kernel with one draw of arguments.</summary>
internal sealed class GradientCheckRun
{
    // Below this norm errors count absolutely.
    private const double SmallestResult = 1e-3;

    private readonly KernelInfo kernel;
    private readonly GradientCheckOptions options;
    private readonly IReadOnlyDictionary<string, int> axes;
    private readonly KernelArguments arguments;
    private readonly NumericGradient definition;
    private readonly GradientCheckResult result;
    private readonly Dictionary<ElementType, RoundingBounds> bounds = [];

    public GradientCheckRun(KernelInfo kernel, GradientCheckOptions options)
    {
        this.kernel = kernel;
        this.options = options;
        var sizes = AxisSizes.Choose(kernel, options.Seed, options.Sizes, options.Scalars);
        arguments = KernelArguments.Draw(kernel, sizes, options);
        result = new GradientCheckResult(kernel.Name, sizes, options.Seed);
        axes = kernel.Sizes(sizes);
        definition = new NumericGradient(kernel, arguments, axes, options.Seed);
    }

    /// <summary>Compares everything.</summary>
    public GradientCheckResult Check()
    {
        using var scope = new TensorScope(options.Device);
        if (options.CheckFloat32) result.Float32Error = CheckBoundedResults(ElementType.Float32);
        result.Float64Error = options.Range is null ? CheckResults() : CheckBoundedResults(ElementType.Float64);
        if (!kernel.Differentiable || kernel.Into.Count > 0 || definition.RealResults.Length == 0) return result;
        int[] real = [.. Enumerable.Range(0, kernel.Parameters.Count).Where(i => kernel.Parameters[i].Kind == KernelParameterKind.Tensor)];
        if (result.Passed && options.Range is null) CheckGradients(real);
        if (result.Passed && options.Range is not null) CheckBoundedGradients(ElementType.Float64, real);
        if (result.Passed && options.CheckFloat32) result.Float32GradientError = CheckBoundedGradients(ElementType.Float32, real);
        return result;
    }

    /// <summary>Results of one precision, each element against what rounding may do to it.</summary>
    private double CheckBoundedResults(ElementType type)
    {
        if (Launch(type) is not { } found) return double.PositiveInfinity;
        var bounds = Bounds(type);
        return found.Select((numbers, i) => Judge(type, $"result {i} [{kernel.Results[i]}]", numbers, bounds.Results[i])).DefaultIfEmpty(0).Max();
    }

    /// <summary>Gradients of one precision in the same way.</summary>
    private double CheckBoundedGradients(ElementType type, int[] real)
    {
        var bounds = Bounds(type);
        var gradients = CompiledGradient.Run(kernel, arguments, definition, real, result.FailureList, type).Gradients;
        return real.Select(at => Judge(type, $"gradient of {kernel.Parameters[at].Name}", gradients[at], bounds.Gradients[at]))
            .DefaultIfEmpty(0).Max();
    }

    /// <summary>Reports the first element that is wrong; the largest error is returned, relative to the max-norm.</summary>
    private double Judge(ElementType type, string what, double[] found, Bounded expected)
    {
        if (Bounds(type).Wrong(found, expected, options.RoundingSlack) is { } at)
        {
            result.FailureList.Add(
                $"{type}: {what} at index {at} is {found[at]:R}, but the definition gives {expected.Values[at]:R} " +
                $"(rounding may account for {expected.Errors[at]:E1})" +
                (expected.Leaves[at] ? $"; on the way something exceeds the largest {type}" : ""));
        }
        return Compare.Worst(found, expected.Values, SmallestResult).Error;
    }

    private RoundingBounds Bounds(ElementType type)
    {
        if (!bounds.TryGetValue(type, out var found)) bounds[type] = found = RoundingBounds.Of(kernel, arguments, axes, definition, type);
        return found;
    }

    /// <summary>Results in float64, against their max-norm.</summary>
    private double CheckResults()
    {
        if (Launch(ElementType.Float64) is not { } found) return double.PositiveInfinity;
        var largest = 0.0;
        for (var i = 0; i < found.Length; i++)
        {
            var expected = definition.Results[i];
            var (error, at, value) = Compare.Worst(found[i], expected, SmallestResult);
            largest = Math.Max(largest, error);
            if (!(error <= options.Float64Tolerance))
            {
                result.FailureList.Add($"Float64: result {i} [{kernel.Results[i]}] at index {at} is {value:R}, " +
                    $"but the definition gives {expected[at]:R} (relative error {error:E1}, {options.Float64Tolerance:E0} accepted)");
            }
        }
        return largest;
    }

    /// <summary>The results of a launch, or null if they are not even of the right number and shape; and what it does to its inputs.</summary>
    private double[][]? Launch(ElementType type)
    {
        var inputs = arguments.ForLaunch(type);
        var outputs = kernel.Launch(inputs);
        if (kernel.Into.Count == 0) WantUntouched(inputs, arguments.ForLaunch(type));
        if (outputs.Length != definition.Results.Length)
        {
            result.FailureList.Add($"{type}: {outputs.Length} results, but the definition has {definition.Results.Length}");
            return null;
        }
        for (var i = 0; i < outputs.Length; i++)
        {
            var shape = KernelArguments.SpreadLeading(kernel.Results[i], definition.Shapes[i]);
            if (outputs[i].Shape.SequenceEqual(shape)) continue;
            result.FailureList.Add($"{type}: result {i} [{kernel.Results[i]}] has shape {Tensor.ShapeText(outputs[i].Shape)}, " +
                $"but the definition gives {Tensor.ShapeText(shape)}");
            return null;
        }
        return [.. outputs.Select(KernelArguments.ToDoubles)];
    }

    /// <summary>Gradients in float64: three derivatives against each other, all together and each alone.</summary>
    private void CheckGradients(int[] real)
    {
        var together = CompiledGradient.Run(kernel, arguments, definition, real, result.FailureList).Gradients;
        var check = new DerivativeCheck(kernel, arguments, axes, definition, options);
        foreach (var at in real)
        {
            if (check.Check(at, together[at]) is { } compared)
            {
                result.GradientList.Add(compared.Worst);
                result.FailureList.AddRange([.. compared.WrongCompiled, .. compared.WrongForward]);
            }
            if (!options.CheckAlone || real.Length < 2) continue;
            var alone = CompiledGradient.Run(kernel, arguments, definition, [at], result.FailureList).Gradients[at];
            var (error, index, found) = Compare.Worst(alone, together[at], DerivativeCheck.SmallestGradient);
            if (!(error <= options.GradientTolerance))
            {
                result.FailureList.Add($"gradient of {kernel.Parameters[at].Name} at index {index} is {found:R} if asked for alone, " +
                    $"but {together[at][index]:R} together with the others");
            }
        }
    }

    private void WantUntouched(object[] inputs, object[] originals)
    {
        for (var i = 0; i < inputs.Length; i++)
        {
            if (inputs[i] is Tensor input
                && !KernelArguments.ToDoubles(input).AsSpan().SequenceEqual(KernelArguments.ToDoubles((Tensor)originals[i])))
            {
                result.FailureList.Add($"the launch wrote into its input {kernel.Parameters[i].Name}");
            }
        }
    }
}
