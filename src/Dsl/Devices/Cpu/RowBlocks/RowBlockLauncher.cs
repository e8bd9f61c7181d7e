using System.ComponentModel;
using System.Runtime.Intrinsics;

namespace MageDsl.Devices.Cpu;

/// <summary>Runs generated row blocks on the worker pool.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class RowBlockLauncher
{
    /// <summary>
    /// Runs <paramref name="items"/> batch items of <paramref name="rows"/> rows each, at <see cref="Simd.Width"/>; as many as
    /// <paramref name="inOrder"/> says by one worker, one after the other.
    /// </summary>
    public static void Run<TBlock, T>(TBlock* block, nint items, nint rows, nint inOrder)
        where TBlock : unmanaged, IRowBlock<T>
        where T : unmanaged
    {
        if (items == 0) return;
        using var launch = LaunchProfile.Begin<TBlock>(LaunchProfile.IsOpen ? Operations<TBlock, T>(block, items * rows) : 0);
        switch (Simd.Width)
        {
            case 512 when typeof(T) == typeof(float):
                RowBlockDriver<TBlock, T, Simd512<T>, Vector512<T>, Tile512>.Run(block, items, rows, inOrder);
                break;
            case 512:
                RowBlockDriver<TBlock, T, Simd512<T>, Vector512<T>, PortableTile<T, Simd512<T>, Vector512<T>>>.Run(block, items, rows, inOrder);
                break;
            case 256 when typeof(T) == typeof(float):
                RowBlockDriver<TBlock, T, Simd256<T>, Vector256<T>, Tile256>.Run(block, items, rows, inOrder);
                break;
            case 256:
                RowBlockDriver<TBlock, T, Simd256<T>, Vector256<T>, PortableTile<T, Simd256<T>, Vector256<T>>>.Run(block, items, rows, inOrder);
                break;
            default:
                RowBlockDriver<TBlock, T, Simd128<T>, Vector128<T>, PortableTile<T, Simd128<T>, Vector128<T>>>.Run(block, items, rows, inOrder);
                break;
        }
    }

    private static double Operations<TBlock, T>(TBlock* block, nint rows)
        where TBlock : unmanaged, IRowBlock<T>
        where T : unmanaged
    {
        var counter = new RowBlockOperations<T>(rows);
        block->Visit(ref counter);
        return counter.Count;
    }
}
