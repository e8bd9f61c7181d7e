using Bench.Contractions;
using Bench.Quick;
using BenchmarkDotNet.Running;

// `gemm` compares contractions with OpenBLAS and `quick` kernels with System.Numerics.Tensors, in this process and in little time.
if (args is ["gemm", .. var shapes])
    return GemmComparison.Run(shapes);
if (args is ["quick", .. var cases])
    return QuickComparison.Run(cases);
// Anything else is for BenchmarkDotNet (`--filter '*'`). In this process: the project that it would generate and build compiles every
// kernel once more, and waits for the source generator to be built first.
BenchmarkSwitcher.FromAssembly(typeof(GemmComparison).Assembly).Run([.. args, "--inProcess"]);
return 0;
