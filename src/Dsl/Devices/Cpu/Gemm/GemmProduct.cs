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
    /// pass by.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(
        nint tileRows, nint rows, nint columns, nint depth, T* left, T* right, T* c, nint stride, bool accumulate)
    {
        var panel = TTile.Vectors * S.Width;
        var tileSize = GemmPacking.PackedRows<TTile>(tileRows) * depth;
        for (nint j = 0; j < columns; j += panel)
        {
            var width = (int)Math.Min(panel, columns - j);
            var kernel = TTile.Kernel((int)tileRows, width);
            var tile = left;
            var to = c + j;
            var rest = rows;
            for (; rest >= tileRows; rest -= tileRows)
            {
                kernel(depth, tile, right, to, stride, accumulate, (int)tileRows, width);
                tile += tileSize;
                to += tileRows * stride;
            }
            if (rest > 0)
                TTile.Kernel((int)rest, width)(depth, tile, right, to, stride, accumulate, (int)rest, width);
            right += panel * depth;
        }
    }
}
