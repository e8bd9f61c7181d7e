using System.Runtime.CompilerServices;

namespace MageDsl.Devices.Cpu;

/// <summary>
/// Lays operands out as the kernels read them: a tile of Left is depth × rows, a panel of Right depth × columns, the tiles and the
/// panels one after the other.
/// </summary>
internal static unsafe class GemmPacking
{
    private const MethodImplOptions Hot = MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization;
    private const int MostRows = 64;

    /// <summary>Panels that are packed in one go, so that a stage is asked for long runs.</summary>
    public const int PanelsTogether = 8;

    /// <summary>Elements of scratch that <see cref="Left"/> and <see cref="Right"/> hand to the stage for its runs.</summary>
    /// <param name="depth">Steps of k.</param>
    /// <param name="rows">Most rows side by side, if runs go along k.</param>
    /// <param name="across">Longest run, if they go across.</param>
    public static nint RunElements<T, S, V>(nint depth, nint rows, nint across)
        where T : unmanaged where S : struct, ISimd<T, V> where V : unmanaged
        => Math.Max(rows * GemmPlan.RoundUp(depth, S.Width), GemmPlan.RoundUp(across, S.Width)) + S.Width;

    /// <summary>Rows that a tile takes up.</summary>
    public static nint PackedRows<TTile>(nint rows)
        where TTile : struct, IGemmTile
        => TTile.Exact ? rows : TTile.Rows;

    /// <summary>Rows [row, row + rows) of Left at k in [k0, k0 + depth), in tiles.</summary>
    [MethodImpl(Hot)]
    public static void Left<TStage, T, S, V, TTile>(
        TStage* stage, nint item, nint k0, nint depth, nint row, nint rows, nint tileRows, T* target, T* run)
        where TStage : unmanaged, IContraction<T>
        where T : unmanaged where S : struct, ISimd<T, V> where V : unmanaged
        where TTile : struct, IGemmTile
    {
        if (!TStage.LeftAlongK)
        {
            var previous = run;
            for (nint k = 0; k < depth; k++)
            {
                var source = stage->Left<S, V>(item, k0 + k, row, rows, run);
                Prefetch(source, previous, rows);
                previous = source;
                Scatter<T, S, V>(source, rows, tileRows, target, depth, k, PackedRows<TTile>(tileRows), TTile.Exact ? 1 : TTile.Rows);
            }
            return;
        }
        var pointers = stackalloc T*[MostRows];
        var runStride = GemmPlan.RoundUp(depth, S.Width);
        for (nint i = 0; i < rows; i += tileRows)
        {
            var count = (int)Math.Min(tileRows, rows - i);
            for (var r = 0; r < count; r++)
                pointers[r] = stage->Left<S, V>(item, row + i + r, k0, depth, run + r * runStride);
            var width = PackedRows<TTile>(count);
            Transpose.Rows<T, V>(pointers, count, depth, target, width);
            target += width * depth;
        }
    }

    /// <summary>Columns [column, column + columns) of Right at k in [k0, k0 + depth), in panels.</summary>
    [MethodImpl(Hot)]
    public static void Right<TStage, T, S, V, TTile>(
        TStage* stage, nint item, nint k0, nint depth, nint column, nint columns, T* target, T* run)
        where TStage : unmanaged, IContraction<T>
        where T : unmanaged where S : struct, ISimd<T, V> where V : unmanaged
        where TTile : struct, IGemmTile
    {
        nint panel = TTile.Vectors * S.Width;
        nint whole = TTile.Exact ? S.Width : panel;
        if (!TStage.RightAlongK)
        {
            for (nint k = 0; k < depth; k++)
            {
                var source = stage->Right<S, V>(item, k0 + k, column, columns, run);
                Scatter<T, S, V>(source, columns, panel, target, depth, k, panel, whole);
            }
            return;
        }
        var pointers = stackalloc T*[MostRows];
        var runStride = GemmPlan.RoundUp(depth, S.Width);
        for (nint j = 0; j < columns; j += panel)
        {
            var count = (int)Math.Min(panel, columns - j);
            for (var c = 0; c < count; c++)
                pointers[c] = stage->Right<S, V>(item, column + j + c, k0, depth, run + c * runStride);
            Transpose.Rows<T, V>(pointers, count, depth, target, GemmPlan.RoundUp(count, whole));
            target += panel * depth;
        }
    }

    /// <summary>
    /// Row k of every piece (tile or panel) out of one run across them. The last piece may be narrower: it is as wide as its
    /// elements, rounded up to <paramref name="whole"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scatter<T, S, V>(
        T* source, nint count, nint piece, T* target, nint depth, nint k, nint packedPiece, nint whole)
        where T : unmanaged where S : struct, ISimd<T, V> where V : unmanaged
    {
        // Vectors overlap where a piece is no whole number of them: the next k puts right what this one writes too much.
        // The last k has no next, and what follows it is already written.
        var last = k == depth - 1;
        var span = GemmPlan.RoundUp(packedPiece, S.Width);
        var size = packedPiece * depth;
        var to = target + k * packedPiece;
        if (!last || span == packedPiece)
        {
            for (; count >= span; count -= piece)
            {
                for (nint i = 0; i < span; i += S.Width)
                    S.Store(to + i, S.Load(source + i));
                source += piece;
                to += size;
            }
        }
        for (; count > 0; count -= piece)
        {
            var have = Math.Min(piece, count);
            var width = Math.Min(packedPiece, GemmPlan.RoundUp(have, whole));
            to += k * (width - packedPiece);
            for (nint i = 0; i < width; i += S.Width)
            {
                var left = count - i;
                var v = left >= S.Width ? S.Load(source + i) : S.LoadTail(source + i, Math.Max(left, 0));
                if (i + S.Width <= width || !last)
                    S.Store(to + i, v);
                else
                    S.StoreTail(to + i, v, width - i);
            }
            source += have;
            to += size;
        }
    }

    /// <summary>
    /// Asks for the row that is some rows ahead of this one, if rows lie at even distances: too far apart for the processor to see it
    /// coming. An address that means nothing does no harm.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch<T>(T* source, T* previous, nint count)
        where T : unmanaged
    {
        const int rowsAhead = 12;
        const int line = 64;
        if (source == previous)
            return;
        var ahead = (byte*)source + ((byte*)source - (byte*)previous) * rowsAhead;
        for (nint offset = 0; offset < count * sizeof(T); offset += line)
            CpuPrefetch.Line(ahead + offset);
    }
}
