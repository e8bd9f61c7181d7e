using System.Runtime.InteropServices;
using MageDsl.Devices;
using MageDsl.Devices.Cpu;

namespace MageDsl.Tests.Devices;

/// <summary>
/// A device as a graphics card is one to the host: its addresses mean nothing there, and it works when it is waited for, not when it is
/// asked. Behind it is the CPU's memory.
/// </summary>
internal sealed unsafe class DistantDevice : Device
{
    private const nint Distance = 1 << 20;

    private readonly Queue<Action> work;

    public DistantDevice()
        : this([])
    {
    }

    private DistantDevice(Queue<Action> work)
        : base("distant", isHost: false, new MemoryPool(Reserve, start => Release(work, start))) => this.work = work;

    public override string Description => "none";

    /// <summary>What it was asked for and has not done.</summary>
    public int Pending => work.Count;

    public override void Copy(DeviceMemory source, DeviceMemory destination)
        => work.Enqueue(() => CpuDevice.Shared.Copy(Here(source), Here(destination)));

    public override void Read(DeviceMemory source, void* destination)
    {
        Synchronize();
        CpuDevice.Shared.Read(Here(source), destination);
    }

    public override void Write(void* source, DeviceMemory destination)
    {
        var staged = new ReadOnlySpan<byte>(source, checked((int)destination.Bytes)).ToArray();
        work.Enqueue(() =>
        {
            fixed (byte* from = staged) CpuDevice.Shared.Write(from, Here(destination));
        });
    }

    public override void Fill(DeviceMemory memory, ElementType type, double value)
        => work.Enqueue(() => CpuDevice.Shared.Fill(Here(memory), type, value));

    public override void Convert(DeviceMemory source, ElementType from, DeviceMemory destination, ElementType to)
        => work.Enqueue(() => CpuDevice.Shared.Convert(Here(source), from, Here(destination), to));

    public override void Synchronize() => Finish(work);

    private static DeviceMemory Here(DeviceMemory memory) => memory with { Address = memory.Address - Distance };

    private static nint Reserve(nuint bytes) => (nint)NativeMemory.AlignedAlloc(bytes, 64) + Distance;

    private static void Release(Queue<Action> work, nint start)
    {
        Finish(work);
        NativeMemory.AlignedFree((void*)(start - Distance));
    }

    private static void Finish(Queue<Action> work)
    {
        while (work.TryDequeue(out var next)) next();
    }
}
