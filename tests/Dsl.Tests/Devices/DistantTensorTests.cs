using MageDsl.Devices;
using MageDsl.Devices.Cpu;
using Xunit;

namespace MageDsl.Tests.Devices;

/// <summary>Everything that tensors do without kernels works on a device whose memory the host cannot address.</summary>
public sealed class DistantTensorTests : IDisposable
{
    private readonly DistantDevice device = new();
    private readonly TensorScope scope;

    public DistantTensorTests() => scope = new TensorScope(device);

    /// <summary>All memory goes back to the device it came from.</summary>
    public void Dispose()
    {
        scope.Dispose();
        Assert.Equal(0, device.Pool.InUseBytes);
        device.Pool.Trim();
    }

    [Fact]
    public void Elements_come_back_as_they_went_in()
    {
        var tensor = Tensor.From([1f, 2, 3, 4], 2, 2);
        Assert.Same(device, tensor.Device);
        Assert.Equal(1, device.Pending);
        Assert.Equal([1f, 2, 3, 4], tensor.ToArray<float>());
        Assert.Equal(0, device.Pending);
        Assert.Equal([1.5], Tensor.From([1.5]).ToArray<double>());
        Assert.Equal(-7, Tensor.From([-7]).Item());
        Assert.Empty(Tensor.Empty(ElementType.Float32, 0, 3).ToArray<float>());
    }

    [Fact]
    public void Parts_are_read_and_written()
    {
        var tensor = Tensor.Zeros(ElementType.Int32, 5);
        tensor.Write<int>([7, 8], start: 3);
        var part = new int[3];
        tensor.Read<int>(part, start: 2);
        Assert.Equal([0, 7, 8], part);
        Assert.Throws<ArgumentOutOfRangeException>(() => tensor.Write<int>([1, 2], start: 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => tensor.Read<int>(part, start: -1));
        Assert.Throws<InvalidOperationException>(() => tensor.Read<float>(new float[1]));
    }

    [Fact]
    public void Fills_casts_and_copies_stay_there()
    {
        var filled = Tensor.Full(ElementType.Float64, 2.5, 3);
        var cast = filled.Cast(ElementType.Int32);
        var copy = cast.Clone().Reshape(3, 1);
        cast.Clear();
        Assert.All([filled, cast, copy], tensor => Assert.Same(device, tensor.Device));
        Assert.Equal([2, 2, 2], copy.ToArray<int>());
        Assert.Equal([0, 0, 0], cast.ToArray<int>());
        Assert.Equal([9.0, 9, 9], Tensor.FullLike(filled, 9).ToArray<double>());
    }

    /// <summary>More than goes at a time, where both are distant.</summary>
    [Fact]
    public void Tensors_are_copied_between_devices()
    {
        const int Count = 5_000_000;
        var other = new DistantDevice();
        using (var outer = new TensorScope(CpuDevice.Shared))
        {
            var values = Enumerable.Range(0, Count).ToArray();
            var there = Tensor.From(values).Clone(other);
            Assert.Equal((1, 2), (there.ToArray<int>()[1], Tensor.Full(ElementType.Int32, 2).Clone(other).Item()));
            var here = there.Clone(device).Clone(CpuDevice.Shared);
            Assert.True(here.Span<int>().SequenceEqual(values));
        }

        Assert.Equal(0, other.Pool.InUseBytes);
        other.Pool.Trim();
    }

    [Fact]
    public unsafe void There_are_no_spans_and_no_pointers()
    {
        var tensor = Tensor.From([1f]);
        foreach (var access in (Action[])[
            () => tensor.Span<float>(), () => tensor.WritableSpan<float>(), () => tensor.AsTensorSpan(), () => tensor.AsWritableTensorSpan(),
            () => tensor.Pointer<float>()])
        {
            var message = Assert.Throws<InvalidOperationException>(access).Message;
            Assert.Contains("lies on the device distant, whose memory the host cannot address", message);
            Assert.Contains("ToArray", message);
        }
    }

    [Fact]
    public void A_scope_takes_the_device_of_the_one_around_it()
    {
        using (var inner = new TensorScope())
        {
            Assert.Same(device, inner.Device);
            Assert.Same(device, Tensor.From([1f]).Device);
        }

        using var other = new TensorScope(CpuDevice.Shared);
        Assert.Same(CpuDevice.Shared, Tensor.From([1f]).Device);
        Assert.Same(device, Tensor.Empty(device, ElementType.Float32, 2).Device);
    }

    [Fact]
    public void Files_are_read_and_written()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("distant").FullName, "file.safetensors");
        var weights = Enumerable.Range(0, 600_000).Select(i => (float)i).ToArray();
        Safetensors.Write(path, new Dictionary<string, Tensor> { ["weights"] = Tensor.From(weights), ["ids"] = Tensor.From([3, 4]) });
        var read = Safetensors.Read(path).Tensors;
        Assert.Same(device, read["weights"].Device);
        Assert.Equal(weights, read["weights"].ToArray<float>());
        Assert.Equal([3, 4], read["ids"].ToArray<int>());
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Fact]
    public void First_values_are_those_of_the_host()
    {
        var there = new Initializer(3).Normal(1, 100).ToArray<float>();
        using var here = new TensorScope(CpuDevice.Shared);
        Assert.Equal(new Initializer(3).Normal(1, 100).ToArray<float>(), there);
    }

    /// <summary>Also where the tape runs back in a scope of another device.</summary>
    [Fact]
    public void Gradients_lie_where_their_tensors_do()
    {
        var x = Tensor.From([3f]);
        using var host = new TensorScope(CpuDevice.Shared);
        using var tape = new GradientTape();
        tape.Watch(x);
        tape.Backward(x.Reshape(), weight: 0.5);
        var gradient = tape.Gradient(x)!;
        Assert.Same(device, gradient.Device);
        Assert.Equal([0.5f], gradient.ToArray<float>());
    }
}
