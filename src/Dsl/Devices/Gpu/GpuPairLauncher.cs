using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace MageDsl.Devices.Gpu;

/// <summary>Launches loops along rows and across them at once.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class GpuPairLauncher
{
    /// <summary>Of groups that keep a device busy, one in so many takes rows in turns: each leaves parts for the next launch.</summary>
    private const int Turns = 2;

    /// <summary>
    /// Threads that share rows, and go from one to the next. Returns false, and has done nothing, if a thread could not keep what it has of a row:
    /// then the stages run by themselves.
    /// </summary>
    /// <param name="device">The device.</param>
    /// <param name="stage">Both stages.</param>
    /// <param name="sums">The one across rows.</param>
    /// <param name="rows">How many rows there are.</param>
    /// <param name="length">The elements of each.</param>
    /// <param name="results">What is combined across them: so many numbers for each element of a row.</param>
    /// <param name="quads">Whether four neighbours are neighbours in all that lies in memory, as the sizes are.</param>
    public static bool Run<TStage, TRows, TSums, T, S>(
        GpuDevice device, TStage stage, TSums sums, nint rows, nint length, int results, bool quads)
        where TStage : struct, IGpuPair<TStage, TRows, TSums, T>
        where TRows : struct, IGpuRows<TRows, T>
        where TSums : struct, IGpuSplit<TSums, T>
        where T : unmanaged
        where S : struct, IScalar<T>
    {
        quads &= device.TakesQuads;
        if (rows == 0 || GpuRowLauncher.Threads(device, length, TStage.Kept, quads) is not { } threads) return false;

        GpuLauncher.CheckIndices(rows * length);
        var work = new Work<TStage, TRows, TSums, T>(device, stage, sums, rows, length, results, threads);
        if (quads) Run<TStage, TRows, TSums, T, S, Quad<T>, Quad<bool>, Quads<T, S>>(work);
        else Run<TStage, TRows, TSums, T, S, T, bool, S>(work);
        return true;
    }

    private static void Run<TStage, TRows, TSums, T, S, V, M, L>(Work<TStage, TRows, TSums, T> work)
        where TStage : struct, IGpuPair<TStage, TRows, TSums, T>
        where TRows : struct, IGpuRows<TRows, T>
        where TSums : struct, IGpuSplit<TSums, T>
        where T : unmanaged
        where S : struct, IScalar<T>
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>
    {
        if (!work.Device.HasShuffles) work.Launch<V, M, L, GpuGroupTeam<T, S>>();
        else if (work.Threads <= GpuRowLauncher.Warp) work.Launch<V, M, L, GpuWarpTeam<T, S>>();
        else work.Launch<V, M, L, GpuWarpsTeam<T, S>>();
    }

    /// <summary>What is to be launched, with so many threads a row.</summary>
    private record struct Work<TStage, TRows, TSums, T>(
        GpuDevice Device, TStage Stage, TSums Sums, nint Rows, nint Length, int Results, int Threads)
        where TStage : struct, IGpuPair<TStage, TRows, TSums, T>
        where TRows : struct, IGpuRows<TRows, T>
        where TSums : struct, IGpuSplit<TSums, T>
        where T : unmanaged
    {
        public readonly void Launch<V, M, L, R>()
            where V : unmanaged
            where M : unmanaged
            where L : struct, ILanes<T, V, M>
            where R : struct, IGpuTeam<T>
        {
            var (x, y) = (Threads, Device.GroupSize / Threads);
            // No more than are there at once: all have as many rows, and would end one after the other.
            var most = Math.Min(Device.BusyGroups / Turns, Device.GroupsAtOnce<GpuRows<TStage, T, V, M, L, R>>(x * y));
            var groups = Math.Min(GpuLauncher.Groups(Rows, y), Math.Max(1, most));
            var bytes = (nint)groups * Results * Length * Unsafe.SizeOf<T>();
            using var arena = new GpuArena(Device, bytes);
            var (stage, sums) = (Stage, Sums);
            stage.Parts = sums.Parts = arena.At(0, bytes).GpuView<T>(Device);
            sums.Shares = (int)groups;
            Device.Launch(new GpuRows<TStage, T, V, M, L, R> { Stage = stage }, groups, x, y);
            GpuRowLauncher.Finish<TSums, T>(Device, sums, Length);
        }
    }
}
