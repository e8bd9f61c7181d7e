namespace MageDsl;

/// <summary>The parts of a model, one after another.</summary>
public static class Sequential
{
    /// <summary>
    /// Runs steps, each on the result of the one before. While a tape records, all that they make lives on, for the backward pass; otherwise what
    /// a step made is freed as soon as the next one has its result, so that the whole takes the memory of its largest step.
    /// </summary>
    /// <param name="input">The argument of the first step; stays alive.</param>
    /// <param name="steps">The steps.</param>
    /// <returns>The result of the last step, in the current <see cref="TensorScope"/>; the input, if there are no steps.</returns>
    public static Tensor Run(Tensor input, params IEnumerable<Func<Tensor, Tensor>> steps)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(steps);
        var value = input;
        foreach (var step in steps)
        {
            value = GradientTape.Current is null ? Freeing(step, value, value == input) : step(value);
        }

        return value;
    }

    private static Tensor Freeing(Func<Tensor, Tensor> step, Tensor value, bool isGiven)
    {
        Tensor result;
        using (var scope = new TensorScope())
        {
            result = scope.Keep(step(value));
        }

        if (!isGiven && result != value)
        {
            value.Dispose();
        }

        return result;
    }
}
