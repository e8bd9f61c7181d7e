namespace MageDsl.Testing;

/// <summary>The definition of a kernel as a function of its inputs: its results, and central differences of them.</summary>
internal sealed class NumericGradient
{
    // Fourth-order differences with the first step are exact to about 1e-11 for the smooth functions that layers are
    // made of; the second step is for what changes faster, or has a kink close by.
    private static readonly double[] Steps = [2e-4, 1e-5];

    private readonly KernelInfo kernel;
    private readonly KernelArguments arguments;
    private readonly IReadOnlyDictionary<string, int> sizes;
    private readonly FrozenConstants constants = new();
    private readonly Random random;

    public NumericGradient(KernelInfo kernel, KernelArguments arguments, IReadOnlyDictionary<string, int> sizes, int seed)
    {
        this.kernel = kernel;
        this.arguments = arguments;
        this.sizes = sizes;
        random = new Random(seed + 1);
        var values = constants.Evaluate(() => kernel.Definition(arguments.ForDefinition()));
        Results = Arrays(values);
        Shapes = [.. values.Select((value, i) => value.ShapeOf(kernel.Results[i], sizes))];
        RealResults = [.. Enumerable.Range(0, values.Length).Where(i => !values[i].IsIds && !values[i].IsBool)];
        Cotangents = [.. Results.Select(result => result.Select(_ => (double)(float)(2 * random.NextDouble() - 1)).ToArray())];
    }

    /// <summary>The results of the definition, as dense arrays.</summary>
    public double[][] Results { get; }

    /// <summary>Their shapes, "..." being one dimension.</summary>
    public int[][] Shapes { get; }

    /// <summary>The results that have a gradient.</summary>
    public int[] RealResults { get; }

    /// <summary>The weight of each element of each result in the loss: a number of float32.</summary>
    public double[][] Cotangents { get; }

    /// <summary>
    /// The derivative of the loss as a parameter moves along a direction, by the step that comes closest to what is expected, and how
    /// far that is, relative to a scale. A smaller step is tried only if the first does not come within the tolerance.
    /// </summary>
    public (double Value, double Error) Derivative(int parameter, double[] direction, double expected, double scale, double tolerance)
    {
        var best = (Value: double.NaN, Error: double.PositiveInfinity);
        foreach (var step in Steps)
        {
            if (best.Error <= tolerance) break;
            var value = Derivative(parameter, direction, step);
            if (Compare.Error(value, expected, scale) is var error && (error < best.Error || double.IsNaN(best.Value))) best = (value, error);
        }
        return best;
    }

    /// <summary>
    /// The derivative of the loss along a direction: (8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12h. Differences are taken
    /// element by element before they are summed, so that what does not change cancels exactly.
    /// </summary>
    private double Derivative(int parameter, double[] direction, double step)
    {
        var scale = Math.Max(1, Compare.Norm(arguments.Data[parameter]));
        step *= scale;
        var (near, far) = (Difference(step), Difference(2 * step));
        return (8 * near - far) / (12 * step);

        double Difference(double distance)
        {
            var above = At(parameter, direction, distance);
            var below = At(parameter, direction, -distance);
            var sum = 0.0;
            foreach (var i in RealResults)
            {
                for (var j = 0; j < above[i].Length; j++)
                    sum += (above[i][j] - below[i][j]) * Cotangents[i][j];
            }

            return sum;
        }
    }

    private double[][] At(int parameter, double[] direction, double distance)
    {
        var moved = (double[])arguments.Data[parameter].Clone();
        for (var i = 0; i < moved.Length; i++) moved[i] += direction[i] * distance;
        return Arrays(constants.Evaluate(() => kernel.Definition(arguments.ForDefinition(parameter, moved))));
    }

    private double[][] Arrays(Expr[] values) => [.. values.Select((value, i) => value.ToArray(kernel.Results[i], sizes))];
}
