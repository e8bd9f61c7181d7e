using System.Runtime.CompilerServices;
using MageDsl.Devices.Cpu;

namespace Bench.WholeModel;

/// <summary>The contestants beside this build. Where one is not there, a line says what is missing.</summary>
internal static class Peers
{
    private const string UnfusedBuild = "dotnet build -c Release bench -p:MageDslFusion=false --artifacts-path artifacts/unfused";

    /// <summary>PyTorch, with <c>bench/peers/mage_torch.py</c>. MAGEDSL_PYTHON names the interpreter.</summary>
    public static IContestant? Torch(string what)
    {
        var python = Environment.GetEnvironmentVariable("MAGEDSL_PYTHON") ?? "python3";
        var threads = WorkerPool.Shared.Threads.ToString();
        // What makes it fastest. OpenBLAS takes a processor newer than itself for one of 2004; the kernels are named instead. The allocator
        // of glibc gives large blocks back to the system at once and gets them page by page again: half of the time of a step.
        var environment = new Dictionary<string, string?>
        {
            ["OMP_NUM_THREADS"] = threads,
            ["OPENBLAS_CORETYPE"] = Simd.IsSupported(512) ? "SKYLAKEX" : "HASWELL",
            ["OPENBLAS_L2_SIZE"] = null,
            ["MALLOC_MMAP_THRESHOLD_"] = "1000000000",
            ["MALLOC_TRIM_THRESHOLD_"] = "8000000000",
            ["MALLOC_TOP_PAD_"] = "500000000",
        };
        return Report(
            "PyTorch",
            OtherProcess.Start(python, [Path.Combine(Root(), "bench", "peers", "mage_torch.py"), what, "--serve", "--threads", threads], environment),
            "needs PyTorch (Debian: python3-torch, python3-numpy, libopenblas0-openmp; MAGEDSL_PYTHON names the interpreter)");
    }

    /// <summary>The same sources, compiled with one launch per primitive.</summary>
    public static IContestant? Unfused(string what)
    {
        var build = Path.Combine(Root(), "artifacts", "unfused", "bin", "Bench", "release", "Bench.dll");
        return Report(
            "unfused",
            File.Exists(build) ? OtherProcess.Start("dotnet", [build, "serve", what], new Dictionary<string, string?>()) : (null, "it is not built"),
            $"is made by: {UnfusedBuild}");
    }

    private static IContestant? Report(string name, (OtherProcess? Contestant, string Text) started, string missing)
    {
        Console.Error.WriteLine(started.Contestant is null ? $"{name} is left out ({started.Text.Trim()}); it {missing}" : $"{name}: {started.Text}");
        return started.Contestant;
    }

    /// <summary>The repository, found from where this file was compiled.</summary>
    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));
}
