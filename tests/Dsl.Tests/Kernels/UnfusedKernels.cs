using MageDsl;
using MageDsl.Layers;

namespace Dsl.Tests.Kernels;

[Recompile(typeof(Activations), Fusion = false)]
public static partial class UnfusedActivations;

[Recompile(typeof(Attention), Fusion = false)]
public static partial class UnfusedAttention;

[Recompile(typeof(Convolutions), Fusion = false)]
public static partial class UnfusedConvolutions;

[Recompile(typeof(Embeddings), Fusion = false)]
public static partial class UnfusedEmbeddings;

[Recompile(typeof(Losses), Fusion = false)]
public static partial class UnfusedLosses;

[Recompile(typeof(Normalization), Fusion = false)]
public static partial class UnfusedNormalization;

[Recompile(typeof(Perceptron), Fusion = false)]
public static partial class UnfusedPerceptron;

[Recompile(typeof(Projections), Fusion = false)]
public static partial class UnfusedProjections;

[Recompile(typeof(Regularization), Fusion = false)]
public static partial class UnfusedRegularization;

[Recompile(typeof(GradientKernels), Fusion = false)]
public static partial class UnfusedGradientKernels;

[Recompile(typeof(OptimizerKernels), Fusion = false)]
public static partial class UnfusedOptimizerKernels;

[Recompile(typeof(ElementwiseKernels), Fusion = false)]
public static partial class UnfusedElementwiseKernels;

[Recompile(typeof(ReductionKernels), Fusion = false)]
public static partial class UnfusedReductionKernels;

[Recompile(typeof(ViewKernels), Fusion = false)]
public static partial class UnfusedViewKernels;

[Recompile(typeof(GatherKernels), Fusion = false)]
public static partial class UnfusedGatherKernels;

[Recompile(typeof(ContractionKernels), Fusion = false)]
public static partial class UnfusedContractionKernels;

[Recompile(typeof(ResultKernels), Fusion = false)]
public static partial class UnfusedResultKernels;

[Recompile(typeof(SizeKernels), Fusion = false)]
public static partial class UnfusedSizeKernels;

[Recompile(typeof(LastKernels), Fusion = false)]
public static partial class UnfusedLastKernels;

[Recompile(typeof(ScalarKernels), Fusion = false)]
public static partial class UnfusedScalarKernels;
