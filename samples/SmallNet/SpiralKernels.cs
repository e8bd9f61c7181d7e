using MageDsl;
using MageDsl.Layers;
using static MageDsl.Ops;

namespace SmallNet;

/// <summary>The kernels of the net. Each is a definition; the package's generator adds the compiled overload over tensors.</summary>
public static partial class SpiralKernels
{
    /// <summary>Points of the plane as waves of several directions and lengths.</summary>
    /// <param name="points">Points, <c>[n, p]</c>.</param>
    /// <param name="frequency">Directions, <c>[d, p]</c>.</param>
    /// <param name="phase">Phases, <c>[d]</c>.</param>
    /// <returns>Features, <c>[n, d]</c>.</returns>
    [Kernel]
    [return: Dims("n d")]
    public static Expr Waves([Dims("n p")] Expr points, [Dims("d p")] Expr frequency, [Dims("d")] Expr phase)
        => Sin(Sum(points * frequency, over: "p") + phase);

    /// <summary>
    /// A residual block: the library's layer normalization and GELU are called as definitions, so they become part of this kernel.
    /// </summary>
    /// <param name="x">Features, <c>[n, d]</c>.</param>
    /// <param name="scale">Scale of the normalization, <c>[d]</c>.</param>
    /// <param name="shift">Its shift, <c>[d]</c>.</param>
    /// <param name="up">To the hidden units, <c>[f, d]</c>.</param>
    /// <param name="upBias">Their bias, <c>[f]</c>.</param>
    /// <param name="down">Back, <c>[d, f]</c>.</param>
    /// <returns>Features, <c>[n, d]</c>.</returns>
    [Kernel]
    [return: Dims("n d")]
    public static Expr ResidualBlock(
        [Dims("n d")] Expr x, [Dims("d")] Expr scale, [Dims("d")] Expr shift, [Dims("f d")] Expr up, [Dims("f")] Expr upBias, [Dims("d f")] Expr down)
    {
        var normal = Normalization.LayerNorm(x, scale, shift);
        var hidden = Activations.Gelu(Sum(normal * up, over: "d") + upBias);
        return x + Sum(hidden * down, over: "f");
    }

    /// <summary>The mean cross-entropy of scores and right classes.</summary>
    /// <param name="scores">Scores, <c>[n, u]</c>.</param>
    /// <param name="target">Classes, <c>[n]</c>.</param>
    /// <returns>A scalar, in nats.</returns>
    [Kernel]
    [return: Dims("")]
    public static Expr Loss([Dims("n u")] Expr scores, [Ids("n")] Expr target)
        => Mean(-Gather(Activations.LogSoftmax(scores), "u", target), over: "n");

    /// <summary>The share of rows whose largest score is that of the right class.</summary>
    /// <param name="scores">Scores, <c>[n, u]</c>.</param>
    /// <param name="target">Classes, <c>[n]</c>.</param>
    /// <returns>A scalar between 0 and 1.</returns>
    [Kernel(Differentiable = false)]
    [return: Dims("")]
    public static Expr Accuracy([Dims("n u")] Expr scores, [Ids("n")] Expr target)
        => Mean(Select(ArgMax(scores, over: "u") == target, 1, 0), over: "n");
}
