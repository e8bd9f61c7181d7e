using System.ComponentModel;

namespace MageDsl.Devices.Gpu;

/// <summary>Launches stages in groups of threads that suit the device and the sizes.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class GpuLauncher
{
    /// <summary>A thread for each element.</summary>
    public static void Elements<TStage>(GpuDevice device, TStage stage, nint count)
        where TStage : struct, IGpuStage<TStage>
    {
        CheckIndices(count);
        device.Launch(stage, Groups(count, device.GroupSize), device.GroupSize);
    }

    /// <summary>The same, or a thread for four elements.</summary>
    /// <param name="device">The device.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="count">Elements.</param>
    /// <param name="quads">Whether four of them are neighbours in all that lies in memory, as the sizes are.</param>
    public static void Elements<TStage, T, S>(GpuDevice device, TStage stage, nint count, bool quads)
        where TStage : struct, IGpuElements<TStage, T>
        where T : unmanaged
        where S : struct, IScalar<T>
    {
        CheckIndices(count);
        if (quads && device.TakesQuads)
            Elements(device, new GpuEach<TStage, T, Quad<T>, Quad<bool>, Quads<T, S>> { Stage = stage }, count / Quads<T, S>.Width);
        else
            Elements(device, new GpuEach<TStage, T, T, bool, S> { Stage = stage }, count);
    }

    /// <summary>Groups of so many that cover a count.</summary>
    internal static long Groups(long count, int size) => (count + size - 1) / size;

    /// <summary>Device code counts in 32 bits.</summary>
    /// <exception cref="NotSupportedException">There are more elements than that.</exception>
    internal static void CheckIndices(nint count)
    {
        if (count > int.MaxValue)
            throw new NotSupportedException($"a launch over {count} elements: on a device it goes up to {int.MaxValue}; cut the batch");
    }
}
