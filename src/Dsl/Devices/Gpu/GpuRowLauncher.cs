using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace MageDsl.Devices.Gpu;

/// <summary>Launches stages over rows, with teams of threads that suit the device and the sizes.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class GpuRowLauncher
{
    /// <summary>Threads beside each other that read memory at once.</summary>
    internal const int Warp = 32;

    /// <summary>Up to so many elements a row is for one warp.</summary>
    private const int WarpRow = 2048;

    /// <summary>Terms of a thread that are worth a share of their own.</summary>
    private const int ShareTerms = 16;

    /// <summary>Rows beside each other whose parts a group combines: as many as memory is read at once, so that there are many groups.</summary>
    private const int SideBySide = 8;

    /// <summary>Threads that share rows.</summary>
    /// <param name="device">The device.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="rows">How many rows there are.</param>
    /// <param name="length">The elements of each.</param>
    /// <param name="alongRows">Whether neighbouring threads have neighbouring rows, not neighbouring elements of one.</param>
    /// <param name="quads">
    /// Whether a thread takes four neighbours at once, rows or elements, because they are neighbours in all that lies in memory, as the sizes are.
    /// </param>
    public static void Rows<TStage, T, S>(GpuDevice device, TStage stage, nint rows, nint length, bool alongRows, bool quads)
        where TStage : struct, IGpuRows<TStage, T>
        where T : unmanaged
        where S : struct, IScalar<T>
    {
        var shape = new Shape(device, rows, length, alongRows, quads);
        Launch<TStage, T, S>(device, stage, shape, shape.Groups);
    }

    /// <summary>Threads along rows that are gone through more than once.</summary>
    /// <inheritdoc cref="Rows{TStage, T, S}"/>
    public static void Kept<TStage, T, S>(GpuDevice device, TStage stage, nint rows, nint length, bool quads)
        where TStage : struct, IGpuKeptRows<TStage, T>
        where T : unmanaged
        where S : struct, IScalar<T>
    {
        quads &= device.TakesQuads;
        if (Threads(device, length, TStage.Kept, quads) is not { } threads)
        {
            Rows<TStage, T, S>(device, stage, rows, length, alongRows: false, quads);
            return;
        }

        GpuLauncher.CheckIndices(rows * length);
        var groups = GpuLauncher.Groups(rows, device.GroupSize / threads);
        if (quads) Kept<TStage, T, S, Quad<T>, Quad<bool>, Quads<T, S>>(device, stage, groups, threads);
        else Kept<TStage, T, S, T, bool, S>(device, stage, groups, threads);
    }

    private static void Kept<TStage, T, S, V, M, L>(GpuDevice device, TStage stage, long groups, int threads)
        where TStage : struct, IGpuKeptRows<TStage, T>
        where T : unmanaged
        where S : struct, IScalar<T>
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>
    {
        var (x, y) = (threads, device.GroupSize / threads);
        if (!device.HasShuffles) device.Launch(new GpuKeptRows<TStage, T, V, M, L, GpuGroupTeam<T, S>> { Stage = stage }, groups, x, y);
        else if (x <= Warp) device.Launch(new GpuKeptRows<TStage, T, V, M, L, GpuWarpTeam<T, S>> { Stage = stage }, groups, x, y);
        else device.Launch(new GpuKeptRows<TStage, T, V, M, L, GpuWarpsTeam<T, S>> { Stage = stage }, groups, x, y);
    }

    /// <summary>
    /// The threads of a row that keep all of it: few, so that each has more than half of what it could keep, but whole warps where it is more than
    /// one. Null if they would be more than a group has, or a thread would have next to nothing.
    /// </summary>
    internal static int? Threads(GpuDevice device, nint length, int kept, bool quads)
    {
        var times = quads ? length / 4 : length;
        var threads = GpuLauncher.Groups(times, kept);
        if (!device.KeepsRows || threads > device.GroupSize || times <= kept / 2) return null;
        return device.HasShuffles && threads > Warp ? (int)GpuLauncher.Groups(threads, Warp) * Warp : AtMost(device.GroupSize, (nint)threads);
    }

    /// <summary>The same, with rows cut into shares where there are too few of them for the device.</summary>
    /// <param name="device">The device.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="rows">How many rows there are.</param>
    /// <param name="length">The elements of each.</param>
    /// <param name="results">What is combined over each row: so many numbers.</param>
    /// <param name="alongRows">Whether neighbouring threads have neighbouring rows.</param>
    /// <param name="quads">Whether a thread takes four neighbours at once.</param>
    public static void Split<TStage, T, S>(GpuDevice device, TStage stage, nint rows, nint length, int results, bool alongRows, bool quads)
        where TStage : struct, IGpuSplit<TStage, T>
        where T : unmanaged
        where S : struct, IScalar<T>
    {
        var shape = new Shape(device, rows, length, alongRows, quads);
        var shares = shape.Groups == 0 ? 1 : Math.Clamp(device.BusyGroups / shape.Groups, 1, Math.Max(1, shape.Terms / ShareTerms));
        stage.Shares = (int)shares;
        if (shares == 1)
        {
            Launch<TStage, T, S>(device, stage, shape, shape.Groups);
            return;
        }

        var bytes = shares * results * rows * Unsafe.SizeOf<T>();
        using var arena = new GpuArena(device, bytes);
        stage.Parts = arena.At(0, bytes).GpuView<T>(device);
        Launch<TStage, T, S>(device, stage, shape, shape.Groups * shares);
        Finish<TStage, T>(device, stage, rows);
    }

    /// <summary>Combines the parts of rows that were cut into shares.</summary>
    internal static void Finish<TStage, T>(GpuDevice device, TStage stage, nint rows)
        where TStage : struct, IGpuSplit<TStage, T>
        where T : unmanaged
    {
        var x = AtMost(Math.Min(SideBySide, device.GroupSize), rows);
        device.Launch(new GpuFinish<TStage, T> { Stage = stage }, GpuLauncher.Groups(rows, x), x, device.GroupSize / x);
    }

    private static void Launch<TStage, T, S>(GpuDevice device, TStage stage, Shape shape, long groups)
        where TStage : struct, IGpuRows<TStage, T>
        where T : unmanaged
        where S : struct, IScalar<T>
    {
        if (shape.Quads) Launch<TStage, T, S, Quad<T>, Quad<bool>, Quads<T, S>>(device, stage, shape, groups);
        else Launch<TStage, T, S, T, bool, S>(device, stage, shape, groups);
    }

    private static void Launch<TStage, T, S, V, M, L>(GpuDevice device, TStage stage, Shape shape, long groups)
        where TStage : struct, IGpuRows<TStage, T>
        where T : unmanaged
        where S : struct, IScalar<T>
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>
    {
        if (!device.HasShuffles) device.Launch(new GpuRows<TStage, T, V, M, L, GpuGroupTeam<T, S>> { Stage = stage }, groups, shape.X, shape.Y);
        else if (shape.IsOfWarp) device.Launch(new GpuRows<TStage, T, V, M, L, GpuWarpTeam<T, S>> { Stage = stage }, groups, shape.X, shape.Y);
        else device.Launch(new GpuRows<TStage, T, V, M, L, GpuWarpsTeam<T, S>> { Stage = stage }, groups, shape.X, shape.Y);
    }

    /// <summary>The smallest power of two that is not below a count, but at most so many.</summary>
    private static int AtMost(int most, nint count) => count >= most ? most : (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(count, 1));

    /// <summary>A group's threads.</summary>
    private readonly struct Shape
    {
        public Shape(GpuDevice device, nint rows, nint length, bool alongRows, bool quads)
        {
            GpuLauncher.CheckIndices(rows * length);
            Quads = quads &= device.TakesQuads;
            IsOfWarp = !alongRows && device.HasShuffles && length <= WarpRow;
            if (quads && alongRows) rows /= 4;
            else if (quads) length /= 4;

            var most = device.GroupSize;
            X = alongRows ? AtMost(Math.Min(Warp, most), rows) : AtMost(IsOfWarp ? Math.Min(Warp, most) : most, length);
            Y = alongRows ? AtMost(most / X, length) : most / X;
            Groups = GpuLauncher.Groups(rows, alongRows ? X : Y);
            Terms = length / (alongRows ? Y : X);
        }

        /// <summary>Whether a thread takes four neighbours at once.</summary>
        public bool Quads { get; }

        /// <summary>Whether a row is for threads of one warp.</summary>
        public bool IsOfWarp { get; }

        /// <summary>Threads along what lies side by side.</summary>
        public int X { get; }

        /// <summary>Threads along the other.</summary>
        public int Y { get; }

        /// <summary>Groups that have all rows.</summary>
        public long Groups { get; }

        /// <summary>What a thread has of a row, once for four where it takes so many.</summary>
        public long Terms { get; }
    }
}
