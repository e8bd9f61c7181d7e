using ILGPU.Runtime;
using MageDsl.Devices.Gpu;
using Xunit;

namespace MageDsl.Tests.Devices.Gpu;

/// <summary>On the device that ILGPU imitates, which has page-locked memory too; with blocks of 16 bytes.</summary>
public unsafe class GpuStagingTests
{
    private const int Bytes = 16;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Bytes)]
    [InlineData((4 * Bytes) + 3)]
    [InlineData(1000)]
    public void What_goes_there_comes_back(int count)
    {
        var accelerator = GpuTests.Open("ilgpu").Accelerator;
        using var stream = accelerator.CreateStream();
        var staging = new GpuStaging(accelerator, stream, () => new Mark(stream), Bytes);
        using var memory = accelerator.Allocate1D<byte>(Math.Max(count, 1));
        var view = memory.View.AsContiguous().SubView(0, count);
        for (var round = 0; round < 3; round++)
        {
            byte[] sent = [.. Enumerable.Range(0, count).Select(i => (byte)(i * 7 + round))], back = new byte[count], copy = [.. sent];
            fixed (byte* from = sent, to = back)
            {
                staging.Write(from, view);
                // Free for other use.
                Array.Clear(sent);
                staging.Read(view, to);
            }
            Assert.Equal(copy, back);
        }
    }

    /// <summary>A block is not touched from when the device is told to copy it until the host has waited for that.</summary>
    [Fact]
    public void A_block_has_its_turn_when_the_device_is_done_with_it()
    {
        var accelerator = GpuTests.Open("ilgpu").Accelerator;
        using var stream = accelerator.CreateStream();
        var marks = new List<Mark>();
        var staging = new GpuStaging(accelerator, stream, Add, Bytes);
        using var memory = accelerator.Allocate1D<byte>(1000);
        var host = new byte[1000];
        fixed (byte* elements = host)
        {
            staging.Write(elements, memory.View.AsContiguous());
            staging.Read(memory.View.AsContiguous(), elements);
        }
        var copies = 2 * ((1000 + Bytes - 1) / Bytes);
        Assert.Equal(4, marks.Count);
        Assert.Equal(copies, marks.Sum(mark => mark.Log.Count(c => c == 's')));
        // The first wait is before the block's first use; after the last copy, which was a read, the host has waited.
        Assert.All(marks, mark => Assert.Matches("^w(sw+)*$", mark.Log));

        IStreamMark Add()
        {
            marks.Add(new Mark(stream));
            return marks[^1];
        }
    }

    private sealed class Mark(AcceleratorStream stream) : IStreamMark
    {
        public string Log { get; private set; } = "";

        public void Set() => Log += "s";

        public void Wait()
        {
            stream.Synchronize();
            Log += "w";
        }
    }
}
