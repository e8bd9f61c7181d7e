using MageDsl;
using static MageDsl.Ops;

namespace Fuzz.Tests.Regressions;

/// <summary>
/// Seed 20015. What the first pass over a row reads through a renamed axis is asked for ahead by the later ones, under the name that the
/// loop has for the axis.
/// </summary>
public static partial class Case006
{
    [Kernel]
    [return: Dims("r b o")]
    public static Expr NormalizedUnderAnotherName([Dims("y b o")] Expr x, [Dims("")] Expr scale)
        => (x * Rsqrt(Mean(x * x, over: "y o") + 0.1f) * scale).Rename("y", into: "r");
}

[Recompile(typeof(Case006), Fusion = false)]
public static partial class UnfusedCase006;
