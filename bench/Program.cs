using Bench.Contractions;
using Bench.Quick;
using Bench.WholeModel;
using BenchmarkDotNet.Running;

// `gemm` compares contractions with OpenBLAS, `quick` kernels with System.Numerics.Tensors, in this process and in little time;
// `step` and `decode` the whole model with the same one unfused and with PyTorch, which are asked by turns (`serve` is the other side).
if (args is ["gemm", .. var shapes])
    return GemmComparison.Run(shapes);
if (args is ["quick", .. var cases])
    return QuickComparison.Run(cases);
if (args is ["step" or "decode", ..])
    return StepComparison.Run(args[0], args[1..]);
if (args is ["serve", var size])
    return OtherProcess.Serve(new OwnModel(ModelSize.Of(size)), "ready");
// Anything else is for BenchmarkDotNet (`--filter '*'`). In this process: the project that it would generate and build compiles every
// kernel once more, and waits for the source generator to be built first.
BenchmarkSwitcher.FromAssembly(typeof(GemmComparison).Assembly).Run([.. args, "--inProcess"]);
return 0;
