using ILGPU;
using ILGPU.Runtime;
using MageDsl.Devices.Gpu;
using Xunit;

namespace MageDsl.Tests.Devices.Gpu;

/// <summary>How stages come to a device: compiled, from files, in the background, and what happens when that fails.</summary>
public class GpuKernelsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("kernels").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>Each of the three is what a process of its own would have.</summary>
    [Fact]
    public void A_second_process_takes_texts_from_files()
    {
        var device = GpuTests.Open("opencl");
        var (first, second, third) = (Kernels(device), Kernels(device), Kernels(device));
        var expected = Sums(device, first);
        Assert.Equal([.. Enumerable.Repeat(32f * 33 / 2, 32)], expected);
        Assert.Equal(expected, Sums(device, second));
        Assert.Equal((1, 0), (first.Compiled, second.Compiled));

        var path = Assert.Single(Directory.GetFiles(folder));
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^100]);
        Assert.Equal(expected, Sums(device, third));
        Assert.Equal(1, third.Compiled);
        Assert.Equal(0, Run(Kernels(device)));

        int Run(GpuKernels kernels)
        {
            Assert.Equal(expected, Sums(device, kernels));
            return kernels.Compiled;
        }
    }

    [Fact]
    public void Without_files_all_is_compiled()
    {
        var device = GpuTests.Open("opencl");
        var kernels = new GpuKernels(device.Accelerator, null);
        Assert.Equal([.. Enumerable.Repeat(32f * 33 / 2, 32)], Sums(device, kernels));
        Assert.Equal(1, kernels.Compiled);
    }

    /// <summary>Of which a card is asked how many of its groups are there at once.</summary>
    [Fact]
    public void What_launches_a_stage_belongs_to_its_kernel()
    {
        var device = GpuTests.Open("ilgpu");
        var kernel = Assert.IsAssignableFrom<Kernel>(GpuKernel<FillStage<int>>.On(device).Target);
        Assert.Same(device.Accelerator, kernel.Accelerator);
        Assert.Equal(device.BusyGroups, device.GroupsAtOnce<FillStage<int>>(device.GroupSize));
    }

    /// <summary>Also stages that share methods, from several threads, some of which want what others have begun with.</summary>
    [Fact]
    public void Stages_are_compiled_together_and_each_once()
    {
        var device = GpuTests.Open("opencl");
        var kernels = Kernels(device);
        Type[] stages =
        [
            typeof(FillStage<int>), typeof(FillStage<float>), typeof(FillStage<double>), typeof(SumStage),
            typeof(ConvertStage<int, float, IntToFloat>), typeof(ConvertStage<float, int, FloatToInt>),
            typeof(ConvertStage<double, int, DoubleToInt>), typeof(ConvertStage<int, double, IntToDouble>),
        ];
        foreach (var stage in stages) kernels.Begin(stage);
        Parallel.For(0, 4, worker =>
        {
            foreach (var stage in worker % 2 == 0 ? stages : stages.Reverse()) Assert.IsType(GpuKernel.Launcher(stage), kernels.Launcher(stage));
        });
        Assert.Equal(stages.Length, kernels.Compiled);
        Assert.Equal([.. Enumerable.Repeat(32f * 33 / 2, 32)], Sums(device, kernels));
    }

    /// <summary>And spoils nothing for the others.</summary>
    [Fact]
    public void What_cannot_be_compiled_is_an_error_of_its_own_launch()
    {
        var device = GpuTests.Open("opencl");
        var kernels = Kernels(device);
        kernels.Begin(typeof(WrongStage));
        kernels.Begin(typeof(SumStage));
        Assert.Equal([.. Enumerable.Repeat(32f * 33 / 2, 32)], Sums(device, kernels));
        for (var i = 0; i < 2; i++) Assert.Throws<InternalCompilerException>(() => kernels.Launcher(typeof(WrongStage)));
        Assert.IsType(GpuKernel.Launcher(typeof(FillStage<int>)), kernels.Launcher(typeof(FillStage<int>)));
    }

    [Fact]
    public void A_program_begins_with_what_its_stages_launch()
    {
        var device = GpuTests.Open("opencl");
        var product = GpuLaunched.On(device).Single(
            PtxTests.Stages.First(stage => stage.GetInterfaces().Any(i => i.Name == "IGpuContraction`2")));
        new GpuProgram(typeof(WrongStage), product, typeof(SumStage)).Begin(device);
        Type[] launched = [typeof(WrongStage), typeof(SumStage), .. GpuLaunched.On(device).Of(product)];
        Assert.Subset(device.Kernels.Known.ToHashSet(), launched.ToHashSet());
        Assert.Equal([.. Enumerable.Repeat(32f * 33 / 2, 32)], Sums(device, device.Kernels));
        Assert.Throws<InternalCompilerException>(() => device.Launch(new WrongStage(), 1, 1));
    }

    [Fact]
    public void What_is_built_is_built_once()
    {
        var count = 0;
        using var wait = new ManualResetEventSlim();
        var build = new GpuBuild(() =>
        {
            wait.Wait();
            return (Func<int>)(() => Interlocked.Increment(ref count));
        });
        Thread[] threads = [new(build.Run), .. Enumerable.Range(0, 3).Select(_ => new Thread(() => ((Func<int>)build.Result())()))];
        foreach (var thread in threads) thread.Start();
        wait.Set();
        foreach (var thread in threads) thread.Join();
        Assert.Equal(3, count);

        var failed = new GpuBuild(() => throw new InvalidOperationException($"{++count}"));
        failed.Run();
        for (var i = 0; i < 2; i++) Assert.Equal("4", Assert.Throws<InvalidOperationException>(failed.Result).Message);
    }

    private GpuKernels Kernels(GpuDevice device) => new(device.Accelerator, new FileCache(folder, 1 << 20));

    /// <summary>The sum of 1 to 32, as each of 32 threads finds it.</summary>
    private static float[] Sums(GpuDevice device, GpuKernels kernels)
    {
        var launch = (Action<AcceleratorStream, KernelConfig, SumStage>)kernels.Launcher(typeof(SumStage));
        using var stream = device.Accelerator.CreateStream();
        using var x = device.Accelerator.Allocate1D(stream, [.. Enumerable.Range(1, 32).Select(i => (float)i)]);
        launch(stream, new KernelConfig(1, 32), new SumStage { X = x.View });
        return x.GetAsArray1D(stream);
    }

    private struct SumStage : IGpuStage<SumStage>
    {
        public ArrayView<float> X;

        public static void Run(SumStage s)
        {
            var shared = SharedMemory.Allocate<float>(32);
            s.X[Group.IdxX] = GpuReduce<float, Float32>.SumX(shared, s.X[Group.IdxX]);
        }
    }

    /// <summary>Device code knows no exceptions.</summary>
    private struct WrongStage : IGpuStage<WrongStage>
    {
        public static void Run(WrongStage s)
        {
            try
            {
                GpuDevice.Fault("");
            }
            finally
            {
                GpuDevice.Fault("");
            }
        }
    }
}
