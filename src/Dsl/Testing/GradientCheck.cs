namespace MageDsl.Testing;

/// <summary>
/// Checks a compiled kernel against its definition: results and gradients of every input in float64 and in float32, the precision of
/// training, against the definition evaluated eagerly in float64. In float64 the gradient is taken in three ways that must agree: the
/// compiled backward pass, forward mode over the definition, and central differences of it.
/// </summary>
/// <remarks>
/// <para>
/// The loss is the sum of the results times random cotangents. In float64 gradients are compared relative to their max-norm. Forward mode is exact
/// but for rounding, and the compiled gradient has to come close to it, element by element and along a random direction. Differences
/// (of fourth order) are compared with forward mode where that comparison came out worst, and along the direction. What goes through
/// <see cref="Ops.StopGradient"/> is constant in all of them. Where differences disagree at one step they are taken again at a smaller
/// one, which tells a kink that the step reached over from a wrong derivative.
/// </para>
/// <para>
/// In float32 every element is held to what rounding may do to it, which follows from the definition: each primitive adds a rounding
/// of its result, relative to the terms that it adds up, to the errors of its arguments (<see cref="GradientCheckOptions.RoundingSlack"/>).
/// A NaN or an infinity on one side only is a failure; where the definition in float64 exceeds the largest float32, it counts as infinite. Inputs are
/// numbers of float32, the same for all. With a range, float64 is held to its own rounding in the same way.
/// </para>
/// </remarks>
public static class GradientCheck
{
    /// <summary>Runs a kernel once and compares everything; look at the result, or call its Assert.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="options">What to run it with, and what to accept.</param>
    /// <param name="range">
    /// <see cref="GradientCheckOptions.Range"/>: checks at the extreme numbers of [-range, range], for example 300 (exponentials overflow) or
    /// 1e30, in place of ordinary ones.
    /// </param>
    /// <exception cref="ExprException">The definition does not accept the sizes or the values; give others in the options.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The range is less than 1, or no float32.</exception>
    public static GradientCheckResult Run(KernelInfo kernel, GradientCheckOptions? options = null, double? range = null)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        options ??= new GradientCheckOptions();
        return new GradientCheckRun(kernel, range is null ? options : options with { Range = range }).Check();
    }
}
