using ILGPU;
using MageDsl.Devices;
using MageDsl.Devices.Cpu;
using MageDsl.Devices.Gpu;
using Xunit;

namespace MageDsl.Tests.Devices.Gpu;

/// <summary>
/// Memory, copies, launches and errors of every device that the machine has. Nothing else may run meanwhile: a wrong id is reported to whoever waits
/// first, and memory is counted.
/// </summary>
[CollectionDefinition(nameof(GpuDeviceTests), DisableParallelization = true)]
[Collection(nameof(GpuDeviceTests))]
public class GpuDeviceTests
{
    public static TheoryData<string> Devices() => new(GpuTests.Names);

    [Theory]
    [MemberData(nameof(Devices))]
    public void Tensors_work_as_on_any_device(string name)
    {
        var device = GpuTests.Open(name);
        using var scope = new TensorScope(device);
        var tensor = Tensor.From([1f, 2, 3, 4, 5], 5);
        Assert.Equal([1f, 2, 3, 4, 5], tensor.Clone().ToArray<float>());
        tensor.Write<float>([7, 8], start: 3);
        var part = new float[3];
        tensor.Read<float>(part, start: 2);
        Assert.Equal([3f, 7, 8], part);
        Assert.Empty(Tensor.Empty(ElementType.Float32, 0, 3).ToArray<float>());
        Assert.Empty(Tensor.Zeros(ElementType.Float64, 0).Cast(ElementType.Float32).ToArray<float>());
        Assert.Equal([1f, 2, 3, 7, 8], tensor.Clone(CpuDevice.Shared).Clone(device).ToArray<float>());
    }

    /// <summary>Of more elements than threads run at once, and fewer than a group has.</summary>
    [Theory]
    [MemberData(nameof(Devices))]
    public void Elements_are_filled_and_converted(string name)
    {
        var device = GpuTests.Open(name);
        using var scope = new TensorScope(device);
        foreach (var count in new[] { 1, 100_003 })
        {
            Assert.All(Tensor.Full(ElementType.Float32, 0.1, count).ToArray<float>(), value => Assert.Equal(0.1f, value));
            Assert.All(Tensor.Full(ElementType.Float64, 0.1, count).ToArray<double>(), value => Assert.Equal(0.1, value));
            Assert.All(Tensor.Full(ElementType.Int32, -7, count).ToArray<int>(), value => Assert.Equal(-7, value));
            double[] reals = [.. Enumerable.Range(0, count).Select(i => (i - 50_000) * 1.37)];
            var doubles = Tensor.From(reals);
            var (floats, ints) = (doubles.Cast(ElementType.Float32), doubles.Cast(ElementType.Int32));
            Assert.Equal(reals.Select(value => (float)value), floats.ToArray<float>());
            Assert.Equal(reals.Select(value => (int)value), ints.ToArray<int>());
            Assert.Equal(reals.Select(value => (int)(float)value), floats.Cast(ElementType.Int32).ToArray<int>());
            Assert.Equal(reals.Select(value => (double)(float)value), floats.Cast(ElementType.Float64).ToArray<double>());
            Assert.Equal(reals.Select(value => (float)(int)value), ints.Cast(ElementType.Float32).ToArray<float>());
            Assert.Equal(reals.Select(value => (double)(int)value), ints.Cast(ElementType.Float64).ToArray<double>());
        }
        Assert.Throws<OverflowException>(() => Tensor.Full(ElementType.Int32, 1e10, 2));
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Launches_see_what_was_asked_for_before(string name)
    {
        var device = GpuTests.Open(name);
        using var scope = new TensorScope(device);
        var (x, nothing) = (Tensor.Full(ElementType.Float32, 1, 1000), Tensor.Empty(ElementType.Float32, 0));
        var stage = new AddStage { To = x.GpuView<float>(device), Nothing = nothing.GpuView<float>(device), Value = 2 };
        device.Launch(stage, 0, 8);
        for (var i = 0; i < 10; i++) device.Launch(stage, 1000 / 8, 4, 2);
        Assert.All(x.ToArray<float>(), value => Assert.Equal(21, value));
    }

    /// <summary>The first launches too, which compile.</summary>
    [Theory]
    [MemberData(nameof(Devices))]
    public void Several_threads_may_launch(string name)
    {
        var device = GpuTests.Open(name);
        Parallel.For(0, 8, worker =>
        {
            using var scope = new TensorScope(device);
            for (var round = 0; round < 5; round++)
            {
                var x = Tensor.Full(ElementType.Float64, worker, 8 * 8);
                device.Launch(new AddDoubles { To = x.GpuView<double>(device), Value = round }, 8, 8);
                Assert.All(x.ToArray<double>(), value => Assert.Equal(worker + round, value));
            }
        });
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Temporaries_share_a_block_and_give_it_back(string name)
    {
        var device = GpuTests.Open(name);
        Assert.Equal((0, 256, 512), (GpuArena.Aligned(0), GpuArena.Aligned(1), GpuArena.Aligned(257)));
        using var scope = new TensorScope(device);
        var before = device.Pool.InUseBytes;
        var arena = new GpuArena(device, 1024);
        Assert.True(device.Pool.InUseBytes >= before + 1024);
        var second = arena.At(512, 40).Memory;
        device.Fill(arena.At(0, 1024).Memory, ElementType.Float32, 1);
        device.Fill(second, ElementType.Float32, 2);
        var x = Tensor.Full(ElementType.Float32, 0, 1024 / 4);
        device.Launch(new CopyStage { From = arena.At(0, 1024).GpuView<float>(device), To = x.GpuView<float>(device) }, 1024 / 4 / 8, 8);
        arena.Dispose();
        Assert.Equal(Enumerable.Range(0, 256).Select(i => i is >= 128 and < 138 ? 2f : 1), x.ToArray<float>());
        new GpuArena(device, 0).Dispose();
        x.Dispose();
        Assert.Equal(before, device.Pool.InUseBytes);
    }

    /// <summary>Where a view begins counts in elements, of which OpenCL takes 2^31, and blocks are longer than that in bytes.</summary>
    [Theory]
    [MemberData(nameof(Devices))]
    public void Views_reach_far_into_a_block(string name)
    {
        const long Bytes = 3L << 30;
        var device = GpuTests.Open(name);
        DeviceMemory block;
        try
        {
            block = device.Allocate((nuint)Bytes);
        }
        catch (OutOfMemoryException e)
        {
            Assert.Skip(e.Message);
            throw;
        }
        using var scope = new TensorScope(device);
        var (near, far) = (block.Slice(0, 256), block.Slice((nuint)(Bytes - 256), 256));
        device.Fill(near, ElementType.Float32, 1);
        device.Fill(far, ElementType.Float32, 3);
        var x = Tensor.Full(ElementType.Float32, 0, 64);
        device.Launch(new CopyStage { From = device.View<float>(far), To = x.GpuView<float>(device) }, 8, 8);
        Assert.All(x.ToArray<float>(), value => Assert.Equal(3, value));
        device.Launch(new CopyStage { From = device.View<float>(near), To = x.GpuView<float>(device) }, 8, 8);
        Assert.All(x.ToArray<float>(), value => Assert.Equal(1, value));
        device.Free(block);
        device.Pool.Trim();
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Memory_is_aligned_and_comes_back(string name)
    {
        var device = GpuTests.Open(name);
        var blocks = new[] { 1, 257, 300, 700, 1100, 5 << 20 }.Select(bytes => device.Allocate((nuint)bytes)).ToArray();
        Assert.All(blocks, block => Assert.Equal(0, block.Address % 256));
        foreach (var block in blocks) device.Free(block);
        device.Pool.Trim();
        var again = device.Allocate(5 << 20);
        device.Fill(again, ElementType.Int32, 4);
        device.Free(again);
        device.Synchronize();
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void A_full_device_says_what_was_asked_for(string name)
    {
        var device = GpuTests.Open(name);
        var message = Assert.Throws<OutOfMemoryException>(() => device.Allocate((nuint)1 << 46)).Message;
        Assert.StartsWith($"{name} has no 65536.0 GiB of memory left: ", message);
        Assert.EndsWith("a smaller batch needs less", message);
        device.Free(device.Allocate(1000));
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void A_wrong_id_is_reported_once_by_whoever_waits(string name)
    {
        var device = GpuTests.Open(name);
        using var scope = new TensorScope(device);
        var x = Tensor.Full(ElementType.Float32, 5, 8);
        var stage = new FaultStage { Faults = device.Faults, Fault = 1 + GpuDevice.Fault("Some.Kernel") };
        Assert.Equal(GpuDevice.Fault("Some.Kernel"), stage.Fault - 1);
        Assert.NotEqual(GpuDevice.Fault("Another.Kernel"), stage.Fault - 1);
        device.Launch(stage, 1, 8);
        var message = Assert.Throws<IndexOutOfRangeException>(() => x.ToArray<float>()).Message;
        Assert.Equal("Some.Kernel: a tensor of ids holds one that is outside the table", message);
        Assert.Equal(5, x.ToArray<float>()[7]);
        device.Launch(stage, 1, 8);
        Assert.Throws<IndexOutOfRangeException>(device.Synchronize);
        device.Synchronize();
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void A_view_is_of_the_tensors_device_and_type(string name)
    {
        var device = GpuTests.Open(name);
        using var there = Tensor.Full(ElementType.Float32, 1, 2);
        Assert.Contains($"lies on the device cpu, not on {name}; Clone", Refusal(() => there.GpuView<float>(device)));
        using var scope = new TensorScope(device);
        var here = Tensor.Full(ElementType.Float32, 1, 2);
        Assert.Contains("holds Float32, not Int32", Refusal(() => here.GpuView<int>(device)));
        Assert.Contains($"lies on the device {name}, whose memory the host cannot address", Refusal(() => here.Span<float>()));
        here.Dispose();
        Assert.Throws<ObjectDisposedException>(() => here.GpuView<float>(device));
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Groups_are_of_a_power_of_two(string name)
    {
        var device = GpuTests.Open(name);
        Assert.Equal(0, device.GroupSize & (device.GroupSize - 1));
        Assert.InRange(device.GroupSize, 8, 256);
        Assert.True(device.BusyGroups > 0);
    }

    private static string Refusal(Action action) => Assert.Throws<InvalidOperationException>(action).Message;

    private struct AddStage : IGpuStage<AddStage>
    {
        public ArrayView<float> To, Nothing;
        public float Value;

        public static void Run(AddStage s)
        {
            var i = (((Grid.IdxX * Group.DimY) + Group.IdxY) * Group.DimX) + Group.IdxX;
            if (i < s.To.Length && s.Nothing.Length == 0) s.To[i] += s.Value;
        }
    }

    private struct AddDoubles : IGpuStage<AddDoubles>
    {
        public ArrayView<double> To;
        public double Value;

        public static void Run(AddDoubles s) => s.To[(Grid.IdxX * Group.DimX) + Group.IdxX] += s.Value;
    }

    private struct CopyStage : IGpuStage<CopyStage>
    {
        public ArrayView<float> From, To;

        public static void Run(CopyStage s)
        {
            var i = (Grid.IdxX * Group.DimX) + Group.IdxX;
            s.To[i] = s.From[i];
        }
    }

    private struct FaultStage : IGpuStage<FaultStage>
    {
        public ArrayView<int> Faults;
        public int Fault;

        public static void Run(FaultStage s)
        {
            if (Group.IdxX == 3) s.Faults[0] = s.Fault;
        }
    }
}
