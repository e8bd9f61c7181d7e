using MageDsl.Devices;

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

    /// <summary>
    /// If given, reals are drawn from the extreme numbers of [-range, range] instead, see <see cref="InputDomain.Extreme"/>; those whose
    /// domain is positive stay positive. Differences mean nothing there, and are not taken.
    /// </summary>
    public double? Range { get; init; }

    /// <summary>Values of scalar parameters, boxed as their type; otherwise the default, or 0.3, 3 or false.</summary>
    public IReadOnlyDictionary<string, object> Scalars { get; init; } = new Dictionary<string, object>();

    /// <summary>Largest relative error of a compiled gradient against forward mode over the definition, against its max-norm.</summary>
    public double GradientTolerance { get; init; } = 1e-9;

    /// <summary>Largest relative difference between forward mode and central differences, against the max-norm of the gradient.</summary>
    public double DifferenceTolerance { get; init; } = 1e-6;

    /// <summary>Largest relative error of a float64 result against the definition, against the max-norm of the result.</summary>
    public double Float64Tolerance { get; init; } = 1e-11;

    /// <summary>
    /// How many times what rounding may do to an element it may be off by, in float32, and with a <see cref="Range"/> in float64 too. What
    /// rounding may do is estimated for each element of the results and of the gradients: it is relative to all numbers that were added up
    /// on the way to it, and grows where an error in one number makes a larger one in the next.
    /// </summary>
    public double RoundingSlack { get; init; } = 4;

    /// <summary>
    /// How many elements of each parameter are checked one by one, drawn by seed if there are more; one random direction
    /// through all elements of the parameter is always checked too.
    /// </summary>
    public int MaxElements { get; init; } = 200;

    /// <summary>Where the kernel runs; null for the current <see cref="TensorScope"/>'s device.</summary>
    public Device? Device { get; init; }

    /// <summary>Whether the kernel also runs in float32, and back.</summary>
    public bool CheckFloat32 { get; init; } = true;

    /// <summary>Whether each gradient is also asked for alone, which takes other paths through the compiled backward pass.</summary>
    public bool CheckAlone { get; init; } = true;
}
