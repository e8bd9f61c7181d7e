using System.Runtime.CompilerServices;

namespace MageDsl.Devices.Cpu;

/// <summary>The product of packed operands, tile by tile.</summary>
internal static unsafe class GemmProduct<T, S, V, TTile>
    where T : unmanaged
    where S : struct, ISimd<T, V>
    where V : unmanaged
    where TTile : struct, IGemmTile
{
    /// <summary>
    /// Multiplies packed rows of Left with packed columns of Right: a panel of Right stays in the innermost cache while the tiles of Left
    /// pass by. A kernel takes at most <paramref name="terms"/> steps of k at a time.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(
        nint tileRows, nint rows, nint columns, nint depth, T* left, T* right, T* c, nint stride, bool accumulate, nint terms)
    {
        var panel = TTile.Vectors * S.Width;
        var tileSize = GemmPacking.PackedRows<TTile>(tileRows) * depth;
        for (nint j = 0; j < columns; j += panel)
        {
            var width = (int)Math.Min(panel, columns - j);
            var tile = left;
            var to = c + j;
            var rest = rows;
            for (; rest >= tileRows; rest -= tileRows)
            {
                Tile((int)tileRows, width, depth, tile, right, to, stride, accumulate, terms);
                tile += tileSize;
                to += tileRows * stride;
            }
            if (rest > 0)
                Tile((int)rest, width, depth, tile, right, to, stride, accumulate, terms);
            right += panel * depth;
        }
    }

    /// <summary>
    /// Adds a product of floats to totals in double precision. It is computed at <paramref name="c"/>, few terms at a time
    /// (<see cref="LoopSums.Terms"/>).
    /// </summary>
    public static void AddProduct(
        nint tileRows, nint rows, nint columns, nint depth, T* left, T* right, T* c, nint stride, double* totals, nint totalStride)
    {
        Multiply(tileRows, rows, columns, depth, left, right, c, stride, accumulate: false, LoopSums.Terms);
        for (nint r = 0; r < rows; r++)
            LoopSums.Add<T, S, V>(totals + r * totalStride, c + r * stride, columns);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile(int rows, int width, nint depth, T* left, T* right, T* to, nint stride, bool accumulate, nint terms)
    {
        var kernel = TTile.Kernel(rows, width);
        var (high, wide) = (GemmPacking.PackedRows<TTile>(rows), TTile.Exact ? GemmPlan.RoundUp(width, S.Width) : TTile.Vectors * S.Width);
        for (; depth > terms; depth -= terms)
        {
            kernel(terms, left, right, to, stride, accumulate, rows, width);
            left += terms * high;
            right += terms * wide;
            accumulate = true;
        }
        kernel(depth, left, right, to, stride, accumulate, rows, width);
    }
}
