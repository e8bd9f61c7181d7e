using Bench.Contractions;
using Bench.Generator;
using Bench.Quick;
using Bench.WholeModel;
using BenchmarkDotNet.Running;

// `gemm` compares contractions with OpenBLAS, `epilogue` products with and without one, `quick` kernels with System.Numerics.Tensors,
// `optimizer` parameter updates with a copy, and `generator` times the compiler, in this process and in little time;
// `step` and `decode` the whole model, and `attention` a part of it, with the same unfused and with PyTorch, by turns (`serve` is the other side).
if (args is ["gemm", .. var shapes])
    return GemmComparison.Run(shapes);
if (args is ["epilogue"])
    return EpilogueComparison.Run();
if (args is ["optimizer"])
    return OptimizerComparison.Run();
if (args is ["quick", .. var cases])
    return QuickComparison.Run(cases);
if (args is ["step" or "decode", ..])
    return StepComparison.Run(args[0], args[1..]);
if (args is ["attention", .. var options])
    return StepComparison.RunAttention(options);
if (args is ["serve", var subject])
    return OtherProcess.Serve(subject == "attention" ? new OwnAttention() : new OwnModel(ModelSize.Of(subject)), "ready");
if (args is ["generator"])
    return GeneratorBenchmark.Run();
// Anything else is for BenchmarkDotNet (`--filter '*'`). In this process: the project that it would generate and build compiles every
// kernel once more, and waits for the source generator to be built first.
BenchmarkSwitcher.FromAssembly(typeof(GemmComparison).Assembly).Run([.. args, "--inProcess"]);
return 0;
