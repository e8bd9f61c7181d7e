using static MageDsl.Ops;

namespace MageDsl.Layers;

/// <summary>Fully connected layers.</summary>
public static partial class Projections
{
    /// <summary>An affine map of the last axis, <c>x W^T + bias</c>, with PyTorch's weight layout.</summary>
    /// <param name="x">Values, <c>[..., d]</c>.</param>
    /// <param name="weight">One row per output, <c>[o, d]</c>.</param>
    /// <param name="bias">Shift, <c>[o]</c>.</param>
    /// <returns>Values, <c>[..., o]</c>.</returns>
    [Kernel]
    [return: Dims("... o")]
    public static Expr Linear([Dims("... d")] Expr x, [Dims("o d")] Expr weight, [Dims("o")] Expr bias)
        => Sum(x * weight, over: "d") + bias;
}
