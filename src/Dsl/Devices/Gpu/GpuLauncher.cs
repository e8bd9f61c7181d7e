using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace MageDsl.Devices.Gpu;

/// <summary>Launches stages in groups of threads that suit the device and the sizes.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class GpuLauncher
{
    /// <summary>Threads beside each other that read memory at once.</summary>
    private const int Warp = 32;

    /// <summary>Terms of a thread that are worth a share of their own.</summary>
    private const int ShareTerms = 16;

    /// <summary>A thread for each element.</summary>
    public static void Elements<TStage>(GpuDevice device, TStage stage, nint count)
        where TStage : struct, IGpuStage<TStage>
    {
        CheckIndices(count);
        device.Launch(stage, Groups(count, device.GroupSize), device.GroupSize);
    }

    /// <summary>Threads that share rows.</summary>
    /// <param name="device">The device.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="rows">How many rows there are.</param>
    /// <param name="length">The elements of each.</param>
    /// <param name="alongRows">Whether neighbouring threads have neighbouring rows, not neighbouring elements of one.</param>
    public static void Rows<TStage>(GpuDevice device, TStage stage, nint rows, nint length, bool alongRows)
        where TStage : struct, IGpuStage<TStage>
    {
        CheckIndices(rows * length);
        var (x, y) = Shape(device, rows, length, alongRows);
        device.Launch(stage, Groups(rows, alongRows ? x : y), x, y);
    }

    /// <summary>The same, with rows cut into shares where there are too few of them for the device.</summary>
    /// <param name="device">The device.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="rows">How many rows there are.</param>
    /// <param name="length">The elements of each.</param>
    /// <param name="results">What is combined over each row: so many numbers.</param>
    /// <param name="alongRows">Whether neighbouring threads have neighbouring rows.</param>
    public static void Split<TStage, T>(GpuDevice device, TStage stage, nint rows, nint length, int results, bool alongRows)
        where TStage : struct, IGpuSplit<TStage, T>
        where T : unmanaged
    {
        CheckIndices(rows * length);
        var (x, y) = Shape(device, rows, length, alongRows);
        var groups = Groups(rows, alongRows ? x : y);
        var shares = groups == 0 ? 1 : Math.Clamp(device.BusyGroups / groups, 1, Math.Max(1, length / ((alongRows ? y : x) * ShareTerms)));
        stage.Shares = (int)shares;
        if (shares == 1)
        {
            device.Launch(stage, groups, x, y);
            return;
        }

        var bytes = shares * results * rows * Unsafe.SizeOf<T>();
        using var arena = new GpuArena(device, bytes);
        stage.Parts = arena.At(0, bytes).GpuView<T>(device);
        device.Launch(stage, groups * shares, x, y);
        Elements(device, new GpuFinish<TStage, T> { Stage = stage }, rows);
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

    /// <summary>A group's threads: x go along what lies side by side, y along the other.</summary>
    private static (int X, int Y) Shape(GpuDevice device, nint rows, nint length, bool alongRows)
    {
        var most = device.GroupSize;
        if (!alongRows)
        {
            var lanes = AtMost(most, length);
            return (lanes, most / lanes);
        }

        var side = AtMost(Math.Min(Warp, most), rows);
        return (side, AtMost(most / side, length));
    }

    /// <summary>The smallest power of two that is not below a count, but at most so many.</summary>
    private static int AtMost(int most, nint count) => count >= most ? most : (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(count, 1));
}
