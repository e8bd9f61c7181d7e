using System.ComponentModel;
using ILGPU;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// Products of a row block in plain arithmetic: the group goes from tile to tile of the result, each thread has 4 x 4 sums of it, and both operands
/// pass through shared memory in steps along what is summed. Sides of tiles are powers of two, so that nothing is divided.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct GpuRowProduct<T, S> : IGpuRowCore<T>
    where T : unmanaged
    where S : struct, IScalar<T>
{
    private const int DepthBits = 3;

    /// <summary>The terms of a step.</summary>
    private const int Depth = 1 << DepthBits;

    /// <summary>The most columns of a tile.</summary>
    private const int MostTile = 128;

    /// <summary>What the tiles take, in fours.</summary>
    internal const int LeftFours = Depth * GpuRowBlocks.MostHeight / 4, RightFours = Depth * MostTile / 4;

    /// <inheritdoc/>
    public static int TileRows => 4;

    /// <inheritdoc/>
    public static int StepRows => TileRows;

    /// <inheritdoc/>
    public static ArrayView<Quad<T>> Tiles() => SharedMemory.Allocate<Quad<T>>(LeftFours + RightFours);

    /// <inheritdoc/>
    public static void Loop<TStage, R>(TStage stage, GpuBlockRows<T> at)
        where TStage : struct, IGpuRowLoop<TStage, T>
        where R : struct, IGpuTeam<T>
        => GpuRowLoop.Run<TStage, T, T, bool, S, R>(stage, at);

    /// <inheritdoc/>
    public static void Rows<TStage>(TStage stage, GpuBlockRows<T> at, int n, int k, bool leftAlongK, bool rightAlongK)
        where TStage : struct, IGpuRowContraction<TStage, T>
        => Run(stage, at, GpuRowExtent.OfRows(at, n, k, leftAlongK, rightAlongK), (at.Height + 3) / 4);

    /// <inheritdoc/>
    public static void Sums<TStage>(TStage stage, GpuBlockRows<T> at, int m, int n, bool leftAlongK, bool rightAlongK, int begin)
        where TStage : struct, IGpuRowContraction<TStage, T>
        => Run(stage, at, GpuRowExtent.OfSums(at, m, n, leftAlongK, rightAlongK, begin), GpuRowBlocks.MostHeight / 4);

    /// <param name="stage">The product.</param>
    /// <param name="at">The rows.</param>
    /// <param name="e">What of it.</param>
    /// <param name="threadRows">Threads that the rows of a tile are worth.</param>
    private static void Run<TStage>(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int threadRows)
        where TStage : struct, IGpuRowContraction<TStage, T>
    {
        int threads = Group.DimX * Group.DimY, thread = (Group.IdxY * Group.DimX) + Group.IdxX;
        int all = Bits(threads), yBits = Math.Min(Bits(threadRows), all), xBits = Math.Min(all - yBits, Bits(MostTile / 4));
        int dy = 1 << yBits, dx = 1 << xBits, tileM = dy * 4, tileN = dx * 4;
        int x = thread & (dx - 1), y = thread >> xBits;
        // Threads that are too many only load.
        bool isIn = y < dy;
        if (!isIn) y = 0;
        var lefts = at.Tiles.SubView(0, LeftFours);
        var rights = at.Tiles.SubView(LeftFours, RightFours);
        var left = lefts.Cast<T>();
        var right = rights.Cast<T>();
        Group.Barrier();
        // Loops with barriers are gone through once at least, so that all that follows comes after one: drivers copy it for each way around.
        int m0 = 0;
        do
        {
            int n0 = 0;
            do
            {
                int m = m0 + (4 * y), n = n0 + (4 * x);
                Quad<T> c0 = Begun<TStage>(at, e, m, n), c1 = Begun<TStage>(at, e, m + 1, n);
                Quad<T> c2 = Begun<TStage>(at, e, m + 2, n), c3 = Begun<TStage>(at, e, m + 3, n);
                int k0 = 0;
                do
                {
                    for (int i = thread; i < Depth * tileM; i += threads)
                    {
                        int kk = e.LeftAlongK != 0 ? i & (Depth - 1) : i >> (yBits + 2);
                        int mm = e.LeftAlongK != 0 ? i >> DepthBits : i & (tileM - 1);
                        left[(kk * tileM) + mm] = m0 + mm < e.Rows && k0 + kk < e.Terms
                            ? TStage.Left<T, bool, S>(stage, at, at.Item, e.FirstRow + m0 + mm, e.FirstTerm + k0 + kk) : S.Create(0d);
                    }

                    for (int i = thread; i < Depth * tileN; i += threads)
                    {
                        int kk = e.RightAlongK != 0 ? i & (Depth - 1) : i >> (xBits + 2);
                        int nn = e.RightAlongK != 0 ? i >> DepthBits : i & (tileN - 1);
                        right[(kk * tileN) + nn] = n0 + nn < e.Columns && k0 + kk < e.Terms
                            ? TStage.Right<T, bool, S>(stage, at, at.Item, e.FirstTerm + k0 + kk, n0 + nn) : S.Create(0d);
                    }

                    Group.Barrier();
                    for (int kk = 0; kk < Depth; kk++)
                    {
                        Quad<T> a = lefts[(kk * dy) + y], b = rights[(kk * dx) + x];
                        c0 = Add(a.X, b, c0);
                        c1 = Add(a.Y, b, c1);
                        c2 = Add(a.Z, b, c2);
                        c3 = Add(a.W, b, c3);
                    }

                    Group.Barrier();
                    k0 += Depth;
                }
                while (k0 < e.Terms);

                if (isIn)
                {
                    End(stage, at, e, m, n, c0);
                    End(stage, at, e, m + 1, n, c1);
                    End(stage, at, e, m + 2, n, c2);
                    End(stage, at, e, m + 3, n, c3);
                }

                n0 += tileN;
            }
            while (n0 < e.Columns);
            m0 += tileM;
        }
        while (m0 < e.Rows);
    }

    /// <summary>The exponent of the power of two that is no less.</summary>
    private static int Bits(int number)
    {
        int bits = 0;
        while (1 << bits < number) bits++;
        return bits;
    }

    private static Quad<T> Add(T a, Quad<T> b, Quad<T> c) => new(S.Fma(a, b.X, c.X), S.Fma(a, b.Y, c.Y), S.Fma(a, b.Z, c.Z), S.Fma(a, b.W, c.W));

    private static Quad<T> Begun<TStage>(GpuBlockRows<T> at, GpuRowExtent e, int m, int n)
        where TStage : struct, IGpuRowContraction<TStage, T>
        => new(
            GpuRowSums<TStage, T, S>.Begun<T, bool, S>(at, e, m, n), GpuRowSums<TStage, T, S>.Begun<T, bool, S>(at, e, m, n + 1),
            GpuRowSums<TStage, T, S>.Begun<T, bool, S>(at, e, m, n + 2), GpuRowSums<TStage, T, S>.Begun<T, bool, S>(at, e, m, n + 3));

    private static void End<TStage>(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int m, int n, Quad<T> sums)
        where TStage : struct, IGpuRowContraction<TStage, T>
    {
        GpuRowSums<TStage, T, S>.End<T, bool, S>(stage, at, e, m, n, sums.X);
        GpuRowSums<TStage, T, S>.End<T, bool, S>(stage, at, e, m, n + 1, sums.Y);
        GpuRowSums<TStage, T, S>.End<T, bool, S>(stage, at, e, m, n + 2, sums.Z);
        GpuRowSums<TStage, T, S>.End<T, bool, S>(stage, at, e, m, n + 3, sums.W);
    }
}
