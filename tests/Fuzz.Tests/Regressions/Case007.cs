using MageDsl;
using static MageDsl.Ops;

namespace Fuzz.Tests.Regressions;

/// <summary>Seed 700089. A fixed place of a padded window lies before the tensor: its index is a negative constant.</summary>
public static partial class Case007
{
    [Kernel]
    [return: Dims("")]
    public static Expr FirstWindowOfPadding([Dims("a")] Expr x, [Dims("i=1")] Expr filter)
        => Sum(x.Window("a", into: "y", by: "i", like: filter, stride: 2, pad: 2), over: "i")["y", 0];
}

[Recompile(typeof(Case007), Fusion = false)]
public static partial class UnfusedCase007;
