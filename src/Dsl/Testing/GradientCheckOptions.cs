namespace MageDsl.Testing;

/// <summary>What <see cref="GradientCheck"/> runs a kernel with, and what it accepts.</summary>
public sealed record GradientCheckOptions
{
    /// <summary>Seed of sizes, inputs and output cotangents.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Sizes of axes; the others are chosen so that the definition accepts them, see <see cref="AxisSizes"/>.</summary>
    public IReadOnlyDictionary<string, int> Sizes { get; init; } = new Dictionary<string, int>();

    /// <summary>
    /// Where the elements of a tensor parameter come from. By default reals are uniform in [-1, 1], and ids lie below
    /// the largest axis size that the definition accepts.
    /// </summary>
    public IReadOnlyDictionary<string, InputDomain> Domains { get; init; } = new Dictionary<string, InputDomain>();

    /// <summary>Values of scalar parameters, boxed as their type; otherwise the default, or 0.3, 3 or false.</summary>
    public IReadOnlyDictionary<string, object> Scalars { get; init; } = new Dictionary<string, object>();

    /// <summary>Largest relative error of a compiled gradient against forward mode over the definition, against its max-norm.</summary>
    public double GradientTolerance { get; init; } = 1e-9;

    /// <summary>Largest relative difference between forward mode and central differences, against the max-norm of the gradient.</summary>
    public double DifferenceTolerance { get; init; } = 1e-6;

    /// <summary>Largest relative error of a float64 result against the definition, against the max-norm of the result.</summary>
    public double Float64Tolerance { get; init; } = 1e-11;

    /// <summary>Largest relative error of a float32 result against the definition in float64, against the max-norm of the result.</summary>
    public double Float32Tolerance { get; init; } = 2e-5;

    /// <summary>
    /// How many elements of each parameter are checked one by one, drawn by seed if there are more; one random direction
    /// through all elements of the parameter is always checked too.
    /// </summary>
    public int MaxElements { get; init; } = 200;

    /// <summary>Whether the kernel is also launched in float32.</summary>
    public bool CheckFloat32 { get; init; } = true;

    /// <summary>Whether each gradient is also asked for alone, which takes other paths through the compiled backward pass.</summary>
    public bool CheckAlone { get; init; } = true;
}
