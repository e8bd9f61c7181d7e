using ILGPU;
using ILGPU.Runtime;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>A product of operands that lie as words.</summary>
/// <param name="Device">The device.</param>
/// <param name="Sizes">The sizes.</param>
/// <param name="Tile">What a group computes of it.</param>
/// <param name="Operands">Where they lie.</param>
/// <param name="IsLeftTurned">Whether the left one lies along its own axis.</param>
/// <param name="IsRightTurned">Whether the right one does.</param>
internal readonly record struct PackedProduct(
    GpuDevice Device, ProductSizes Sizes, ProductTile Tile, PackedOperands Operands, bool IsLeftTurned, bool IsRightTurned);

/// <summary>By which kernels such a product is computed, whatever becomes of its sums.</summary>
internal interface IPackedTiles<T>
    where T : unmanaged
{
    /// <summary>Launches it.</summary>
    static abstract void Launch<TProduct, V, M, L>(PackedProduct packed, GpuProduct<TProduct, T> product)
        where TProduct : struct, IGpuContraction<TProduct, T>
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>;
}

/// <summary>In <see cref="Float32Word"/>: all that is multiplied lies along k.</summary>
internal readonly struct Float32Tiles<T, S> : IPackedTiles<T>
    where T : unmanaged
    where S : struct, IScalar<T>
{
    public static void Launch<TProduct, V, M, L>(PackedProduct packed, GpuProduct<TProduct, T> product)
        where TProduct : struct, IGpuContraction<TProduct, T>
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>
    {
        if (packed.Device.Traits.HasWarpGroups)
            PackedTiles<TProduct, T, S, RowsOfTerms, RowsOfTerms, V, M, L>.Launch<SplitCore>(packed, product);
        else
            PackedTiles<TProduct, T, S, RowsOfTerms, RowsOfTerms, V, M, L>.Launch<WarpCore<Float32Word, RowsOfTerms, RowsOfTerms>>(packed, product);
    }
}

/// <summary>In words that groups of warps multiply, too.</summary>
internal readonly struct WordTiles<T, S, TWord> : IPackedTiles<T>
    where T : unmanaged
    where S : struct, IScalar<T>
    where TWord : struct, IGroupWord
{
    public static void Launch<TProduct, V, M, L>(PackedProduct packed, GpuProduct<TProduct, T> product)
        where TProduct : struct, IGpuContraction<TProduct, T>
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>
    {
        switch (packed.IsLeftTurned, packed.IsRightTurned)
        {
            case (false, false): Launch<TProduct, RowsOfTerms, RowsOfTerms, V, M, L>(packed, product); break;
            case (false, true): Launch<TProduct, RowsOfTerms, TermsOfRows, V, M, L>(packed, product); break;
            case (true, false): Launch<TProduct, TermsOfRows, RowsOfTerms, V, M, L>(packed, product); break;
            case (true, true): Launch<TProduct, TermsOfRows, TermsOfRows, V, M, L>(packed, product); break;
        }
    }

    private static void Launch<TProduct, TLeft, TRight, V, M, L>(PackedProduct packed, GpuProduct<TProduct, T> product)
        where TProduct : struct, IGpuContraction<TProduct, T>
        where TLeft : struct, IStepLayout
        where TRight : struct, IStepLayout
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>
    {
        var traits = packed.Device.Traits;
        if (packed.Tile.IsWide && traits.HasBoxes)
            PackedTiles<TProduct, T, S, TLeft, TRight, V, M, L>.LaunchWide<WideProducts<TWord, TLeft, TRight>>(packed, product);
        else if (packed.Tile.IsWide)
            PackedTiles<TProduct, T, S, TLeft, TRight, V, M, L>.LaunchBroad<WideProducts<TWord, TLeft, TRight>>(packed, product);
        else if (traits.HasWarpGroups)
            PackedTiles<TProduct, T, S, TLeft, TRight, V, M, L>.Launch<WarpGroupCore<TWord, TLeft, TRight>>(packed, product);
        else PackedTiles<TProduct, T, S, TLeft, TRight, V, M, L>.Launch<WarpCore<TWord, TLeft, TRight>>(packed, product);
    }
}

/// <summary>Launches the kernels themselves.</summary>
internal static class PackedTiles<TProduct, T, S, TLeft, TRight, V, M, L>
    where TProduct : struct, IGpuContraction<TProduct, T>
    where T : unmanaged
    where S : struct, IScalar<T>
    where TLeft : struct, IStepLayout
    where TRight : struct, IStepLayout
    where V : unmanaged
    where M : unmanaged
    where L : struct, ILanes<T, V, M>
{
    /// <summary>Tiles of 128 x 128.</summary>
    public static void Launch<TCore>(PackedProduct packed, GpuProduct<TProduct, T> product)
        where TCore : struct, IPackedCore
    {
        var (x, y) = ProductTile.TensorThreads;
        var tile = new PackedTile<TProduct, T, S, TCore, TLeft, TRight, V, M, L> { Product = product, Operands = packed.Operands };
        var shared = PackedTile<TProduct, T, S, TCore, TLeft, TRight, V, M, L>.SharedBytes;
        packed.Device.Launch(tile, product.Tiles, x, y, shared, product.Operations);
    }

    /// <summary>Tiles of 128 x 256, whose steps all threads copy.</summary>
    public static void LaunchBroad<TProducts>(PackedProduct packed, GpuProduct<TProduct, T> product)
        where TProducts : struct, IWideProducts
    {
        var tile = new BroadTile<TProduct, T, S, TProducts, TLeft, TRight, V, M, L> { Product = product, Operands = packed.Operands };
        packed.Device.Launch(tile, Groups(packed, product), 32, BroadTile.Threads / 32, BroadTile.SharedBytes, product.Operations);
    }

    /// <summary>The same, which the copy engine brings.</summary>
    public static void LaunchWide<TProducts>(PackedProduct packed, GpuProduct<TProduct, T> product)
        where TProducts : struct, IWideProducts
    {
        var (device, sizes, _, operands, isLeftTurned, isRightTurned) = packed;
        var wide = new WideOperands
        {
            Maps = device.BoxMaps.All, Shares = operands.Shares,
            Left = Map(operands.Left, isLeftTurned, sizes.Rows, WideTile.Rows),
            Right = Map(operands.Right, isRightTurned, sizes.Columns, WideTile.Columns),
        };
        var tile = new WideTile<TProduct, T, S, TProducts, V, M, L> { Product = product, Operands = wide };
        device.Launch(tile, Groups(packed, product), 32, WideTile.Threads / 32, WideTile.SharedBytes, product.Operations);

        // Steps are 64 numbers of 16 bits, whatever they are, and there is nothing beyond the last.
        WideOperand Map(PackedOperand operand, bool isTurned, int own, int rowsOfTile)
        {
            var (numbers, rows) = isTurned ? (own, sizes.Terms) : (operands.Shares.Steps * WideTile.StepNumbers, own);
            var varies = operand.Item > 0;
            var map = new BoxMap(
                operand.Chunks.LoadEffectiveAddressAsPtr(), numbers, rows, varies ? sizes.Batch : 1, operand.Pitch, operand.Item,
                isTurned ? WideTile.StepNumbers : rowsOfTile);
            return new() { Map = device.BoxMaps.Place(map), Varies = varies ? 1 : 0 };
        }
    }

    /// <summary>As many as there are at once, which go from tile to tile.</summary>
    private static long Groups(PackedProduct packed, GpuProduct<TProduct, T> product) => Math.Min(product.Tiles, packed.Device.Traits.WideGroups);
}
