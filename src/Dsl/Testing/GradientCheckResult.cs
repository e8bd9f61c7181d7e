namespace MageDsl.Testing;

/// <summary>The gradient of one parameter, where the compiled one and forward mode differ most.</summary>
/// <param name="Parameter">The parameter.</param>
/// <param name="Error">The largest difference, relative to the max-norm of the gradient.</param>
/// <param name="Index">The element, row-major; -1 for the derivative along a direction through all elements.</param>
/// <param name="Compiled">The compiled derivative there.</param>
/// <param name="Forward">The derivative there by forward mode over the definition.</param>
/// <param name="Numeric">The central difference of the definition there.</param>
public sealed record GradientError(string Parameter, double Error, int Index, double Compiled, double Forward, double Numeric);

/// <summary>What <see cref="GradientCheck"/> found.</summary>
public sealed class GradientCheckResult
{
    internal GradientCheckResult(string kernel, IReadOnlyDictionary<string, int> sizes, int seed)
    {
        Kernel = kernel;
        Sizes = sizes;
        Seed = seed;
    }

    /// <summary>The kernel.</summary>
    public string Kernel { get; }

    /// <summary>The sizes of the axes it ran with.</summary>
    public IReadOnlyDictionary<string, int> Sizes { get; }

    /// <summary>The seed it ran with.</summary>
    public int Seed { get; }

    /// <summary>The largest relative error of a float64 result.</summary>
    public double Float64Error { get; internal set; }

    /// <summary>The largest relative error of a float32 result; 0 if it was not launched in float32.</summary>
    public double Float32Error { get; internal set; }

    /// <summary>The largest error of a float32 gradient, relative to its max-norm; 0 if there was none.</summary>
    public double Float32GradientError { get; internal set; }

    /// <summary>One entry per real parameter of a differentiable kernel.</summary>
    public IReadOnlyList<GradientError> Gradients => GradientList;

    /// <summary>What is wrong, one sentence each.</summary>
    public IReadOnlyList<string> Failures => FailureList;

    /// <summary>True if nothing is wrong.</summary>
    public bool Passed => FailureList.Count == 0;

    internal List<GradientError> GradientList { get; } = [];

    internal List<string> FailureList { get; } = [];

    /// <summary>Fails unless <see cref="Passed"/>.</summary>
    /// <exception cref="GradientCheckException">Something is wrong; the message lists it all, with kernel, sizes and seed.</exception>
    public void Assert()
    {
        if (!Passed) throw new GradientCheckException(ToString());
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var sizes = string.Join(" ", Sizes.Select(size => $"{size.Key}={size.Value}"));
        var head = $"{Kernel} with [{sizes}], seed {Seed}: {(Passed ? "as its definition" : "differs from its definition")}";
        return string.Join("\n  ", [head, .. FailureList]);
    }
}

/// <summary>A compiled kernel differs from its definition.</summary>
public sealed class GradientCheckException(string message) : Exception(message);
