using System.ComponentModel;

namespace MageDsl.Devices.Gpu;

/// <summary>The stages that a kernel launches one after the other: when the first is asked for, all begin to compile.</summary>
/// <param name="stages">Their types.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class GpuProgram(params Type[] stages)
{
    private volatile bool[] begun = [];

    /// <summary>Begins to compile them for a device, in the background; nothing after the first time.</summary>
    public void Begin(GpuDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (device.Number < begun.Length && begun[device.Number]) return;
        lock (stages)
        {
            bool[] next = [.. begun, .. new bool[Math.Max(0, device.Number + 1 - begun.Length)]];
            next[device.Number] = true;
            begun = next;
        }
        foreach (var stage in stages.SelectMany(GpuLaunched.On(device).Of)) device.Kernels.Begin(stage);
    }
}
