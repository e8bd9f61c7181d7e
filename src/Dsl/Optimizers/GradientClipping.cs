using MageDsl.Devices;

namespace MageDsl;

/// <summary>Clipping by the norm of all gradients taken together.</summary>
public static class GradientClipping
{
    // Keeps the coefficient finite; the value is that of PyTorch's clip_grad_norm_, so that results agree.
    private const double Epsilon = 1e-6;

    /// <summary>The Euclidean norm of the gradients of all parameters as one vector; those without a gradient do not count.</summary>
    /// <exception cref="ObjectDisposedException">A gradient is gone before a step has used it.</exception>
    public static double Norm(IEnumerable<Parameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        using var paused = GradientTape.Pause();
        using var scope = new TensorScope();
        return Math.Sqrt(Squares(parameters).Values.Select(sum => sum.ItemAsDouble()).FirstOrDefault());
    }

    /// <summary>
    /// The sum of the squares of the gradients of all parameters, a scalar on each device and of each type that there are gradients on and of, of
    /// the current scope. They are added up where they are: a number that the host reads is one that it waits for, so it reads them only where
    /// there are several.
    /// </summary>
    internal static IReadOnlyDictionary<(Device Device, ElementType Type), Tensor> Squares(IEnumerable<Parameter> parameters)
    {
        var squares = parameters.Select(parameter => parameter.ReadyGradient()).OfType<Tensor>()
            .GroupBy(gradient => (gradient.Device, gradient.Type))
            .ToDictionary(alike => alike.Key, alike => Sum(alike.Key.Device, Each(alike.Key.Device, [.. alike], OptimizerKernels.SumOfSquares)));
        if (squares.Count < 2) return squares;
        var all = squares.Values.Sum(sum => sum.ItemAsDouble());
        foreach (var sum in squares.Values) sum.Fill(all);
        return squares;
    }

    /// <summary>The sum of scalars: of eights of them, and of these, until there is one.</summary>
    private static Tensor Sum(Device device, IReadOnlyList<Tensor> scalars)
    {
        if (scalars.Count == 1) return scalars[0];
        var zero = Tensor.ZerosLike(scalars[0]);
        while (scalars.Count > 1)
        {
            scalars = Each(device, [.. scalars.Chunk(8)], some =>
            {
                Tensor Of(int index) => index < some.Length ? some[index] : zero;
                return OptimizerKernels.AddEight(Of(0), Of(1), Of(2), Of(3), Of(4), Of(5), Of(6), Of(7));
            });
        }

        return scalars[0];
    }

    private static Tensor[] Each<T>(Device device, T[] from, Func<T, Tensor> make)
    {
        var made = new Tensor[from.Length];
        device.Together(Enumerable.Range(0, from.Length), i => made[i] = make(from[i]));
        return made;
    }

    /// <summary>
    /// What gradients of this norm are multiplied with so that their norm becomes at most <paramref name="limit"/>: 1 if it is already.
    /// </summary>
    /// <param name="norm">The norm, finite.</param>
    /// <param name="limit">The largest norm allowed; null for any.</param>
    public static double Coefficient(double norm, double? limit) => limit is { } value ? Math.Min(value / (norm + Epsilon), 1) : 1;
}
