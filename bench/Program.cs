using Bench.Gemm;
using BenchmarkDotNet.Running;

// `gemm` compares contractions with OpenBLAS in this process; anything else is for BenchmarkDotNet (`--filter '*'`).
if (args is ["gemm", .. var options])
    return GemmComparison.Run(options);
BenchmarkSwitcher.FromAssembly(typeof(GemmComparison).Assembly).Run(args);
return 0;
