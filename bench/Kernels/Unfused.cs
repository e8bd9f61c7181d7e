using MageDsl;
using MageDsl.Layers;
using static MageDsl.Layers.Activations;
using static MageDsl.Ops;

namespace Bench.Kernels;

/// <summary>Kernels that only the benchmarks need.</summary>
public static partial class BenchKernels
{
    /// <summary>What a linear layer's epilogue does, by itself.</summary>
    [Kernel]
    [return: Dims("... d")]
    public static Expr BiasGelu([Dims("... d")] Expr x, [Dims("d")] Expr bias) => Gelu(x + bias);

    /// <summary>A linear layer's product, by itself.</summary>
    [Kernel(Differentiable = false)]
    [return: Dims("n o")]
    public static Expr Product([Dims("n d")] Expr x, [Dims("o d")] Expr weight) => Sum(x * weight, over: "d");

    /// <summary>The same with bias and GELU in its epilogue.</summary>
    [Kernel(Differentiable = false)]
    [return: Dims("n o")]
    public static Expr ProductBiasGelu([Dims("n d")] Expr x, [Dims("o d")] Expr weight, [Dims("o")] Expr bias)
        => Gelu(Sum(x * weight, over: "d") + bias);
}

/// <summary>One launch per primitive.</summary>
[Recompile(typeof(BenchKernels), Fusion = false)]
public static partial class UnfusedBenchKernels;

/// <summary>One launch per primitive.</summary>
[Recompile(typeof(Normalization), Fusion = false)]
public static partial class UnfusedNormalization;

/// <summary>One launch per primitive.</summary>
[Recompile(typeof(Losses), Fusion = false)]
public static partial class UnfusedLosses;

/// <summary>One launch per primitive.</summary>
[Recompile(typeof(Projections), Fusion = false)]
public static partial class UnfusedProjections;

/// <summary>One launch per primitive.</summary>
[Recompile(typeof(Activations), Fusion = false)]
public static partial class UnfusedActivations;

/// <summary>One launch per primitive.</summary>
[Recompile(typeof(Regularization), Fusion = false)]
public static partial class UnfusedRegularization;

/// <summary>One launch per primitive.</summary>
[Recompile(typeof(Attention), Fusion = false)]
public static partial class UnfusedAttention;
