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
    static abstract void Launch<TProduct>(PackedProduct packed, GpuProduct<TProduct, T> product, bool storeFours)
        where TProduct : struct, IGpuContraction<TProduct, T>;
}

/// <summary>In <see cref="Float32Word"/>: all that is multiplied has been packed, along k.</summary>
internal readonly struct Float32Tiles<T, S> : IPackedTiles<T>
    where T : unmanaged
    where S : struct, IScalar<T>
{
    public static void Launch<TProduct>(PackedProduct packed, GpuProduct<TProduct, T> product, bool storeFours)
        where TProduct : struct, IGpuContraction<TProduct, T>
    {
        if (packed.Device.Traits.HasWarpGroups) Launch<TProduct, SplitCore>(packed, product, storeFours);
        else Launch<TProduct, WarpCore<Float32Word, RowsOfTerms, RowsOfTerms>>(packed, product, storeFours);
    }

    private static void Launch<TProduct, TCore>(PackedProduct packed, GpuProduct<TProduct, T> product, bool storeFours)
        where TProduct : struct, IGpuContraction<TProduct, T>
        where TCore : struct, IPackedCore
        => PackedTiles<TProduct, T, S>.Launch<TCore, RowsOfTerms, RowsOfTerms>(packed, product, storeFours);
}

/// <summary>In words that groups of warps multiply, too.</summary>
internal readonly struct WordTiles<T, S, TWord> : IPackedTiles<T>
    where T : unmanaged
    where S : struct, IScalar<T>
    where TWord : struct, IGroupWord
{
    public static void Launch<TProduct>(PackedProduct packed, GpuProduct<TProduct, T> product, bool storeFours)
        where TProduct : struct, IGpuContraction<TProduct, T>
    {
        switch (packed.IsLeftTurned, packed.IsRightTurned)
        {
            case (false, false): Launch<TProduct, RowsOfTerms, RowsOfTerms>(packed, product, storeFours); break;
            case (false, true): Launch<TProduct, RowsOfTerms, TermsOfRows>(packed, product, storeFours); break;
            case (true, false): Launch<TProduct, TermsOfRows, RowsOfTerms>(packed, product, storeFours); break;
            case (true, true): Launch<TProduct, TermsOfRows, TermsOfRows>(packed, product, storeFours); break;
        }
    }

    private static void Launch<TProduct, TLeft, TRight>(PackedProduct packed, GpuProduct<TProduct, T> product, bool storeFours)
        where TProduct : struct, IGpuContraction<TProduct, T>
        where TLeft : struct, IStepLayout
        where TRight : struct, IStepLayout
    {
        var traits = packed.Device.Traits;
        if (packed.Tile.IsWide && traits.HasBoxes)
            PackedTiles<TProduct, T, S>.LaunchWide<WideProducts<TWord, TLeft, TRight>>(packed, product, storeFours);
        else if (packed.Tile.IsWide)
            PackedTiles<TProduct, T, S>.LaunchBroad<WideProducts<TWord, TLeft, TRight>, TLeft, TRight>(packed, product, storeFours);
        else if (traits.HasWarpGroups)
            PackedTiles<TProduct, T, S>.Launch<WarpGroupCore<TWord, TLeft, TRight>, TLeft, TRight>(packed, product, storeFours);
        else PackedTiles<TProduct, T, S>.Launch<WarpCore<TWord, TLeft, TRight>, TLeft, TRight>(packed, product, storeFours);
    }
}

/// <summary>Launches the kernels themselves.</summary>
internal static class PackedTiles<TProduct, T, S>
    where TProduct : struct, IGpuContraction<TProduct, T>
    where T : unmanaged
    where S : struct, IScalar<T>
{
    /// <summary>Tiles of 128 x 128.</summary>
    public static void Launch<TCore, TLeft, TRight>(PackedProduct packed, GpuProduct<TProduct, T> product, bool storeFours)
        where TCore : struct, IPackedCore
        where TLeft : struct, IStepLayout
        where TRight : struct, IStepLayout
    {
        if (storeFours) Launch<Quad<T>, Quad<bool>, Quads<T, S>>();
        else Launch<T, bool, S>();

        void Launch<V, M, L>()
            where V : unmanaged
            where M : unmanaged
            where L : struct, ILanes<T, V, M>
        {
            var (x, y) = ProductTile.TensorThreads;
            packed.Device.Launch(
                new PackedTile<TProduct, T, S, TCore, TLeft, TRight, V, M, L> { Product = product, Operands = packed.Operands }, product.Tiles, x, y,
                PackedTile<TProduct, T, S, TCore, TLeft, TRight, V, M, L>.SharedBytes, product.Operations);
        }
    }

    /// <summary>Tiles of 128 x 256, whose steps all threads copy.</summary>
    public static void LaunchBroad<TProducts, TLeft, TRight>(PackedProduct packed, GpuProduct<TProduct, T> product, bool storeFours)
        where TProducts : struct, IWideProducts
        where TLeft : struct, IStepLayout
        where TRight : struct, IStepLayout
    {
        if (storeFours) Launch<Quad<T>, Quad<bool>, Quads<T, S>>();
        else Launch<T, bool, S>();

        void Launch<V, M, L>()
            where V : unmanaged
            where M : unmanaged
            where L : struct, ILanes<T, V, M>
        {
            var groups = Math.Min(product.Tiles, packed.Device.Traits.WideGroups);
            packed.Device.Launch(
                new BroadTile<TProduct, T, S, TProducts, TLeft, TRight, V, M, L> { Product = product, Operands = packed.Operands }, groups, 32,
                BroadTile.Threads / 32, BroadTile.SharedBytes, product.Operations);
        }
    }

    /// <summary>The same, which the copy engine brings.</summary>
    public static void LaunchWide<TProducts>(PackedProduct packed, GpuProduct<TProduct, T> product, bool storeFours)
        where TProducts : struct, IWideProducts
    {
        var (device, sizes, _, operands, isLeftTurned, isRightTurned) = packed;
        var wide = new WideOperands
        {
            Maps = device.BoxMaps.All, Shares = operands.Shares,
            Left = Map(operands.Left, isLeftTurned, sizes.Rows, WideTile.Rows),
            Right = Map(operands.Right, isRightTurned, sizes.Columns, WideTile.Columns),
        };
        if (storeFours) Launch<Quad<T>, Quad<bool>, Quads<T, S>>();
        else Launch<T, bool, S>();

        void Launch<V, M, L>()
            where V : unmanaged
            where M : unmanaged
            where L : struct, ILanes<T, V, M>
        {
            var groups = Math.Min(product.Tiles, device.Traits.WideGroups);
            device.Launch(
                new WideTile<TProduct, T, S, TProducts, V, M, L> { Product = product, Operands = wide }, groups, 32, WideTile.Threads / 32,
                WideTile.SharedBytes, product.Operations);
        }

        // Steps are 64 numbers of 16 bits, whatever they are, and there is nothing beyond the last.
        WideOperand Map(PackedOperand operand, bool isTurned, int own, int tile)
        {
            var (numbers, rows) = isTurned ? (own, sizes.Terms) : (operands.Shares.Steps * WideTile.StepNumbers, own);
            var varies = operand.Item > 0;
            var map = new BoxMap(
                operand.Chunks.LoadEffectiveAddressAsPtr(), numbers, rows, varies ? sizes.Batch : 1, operand.Pitch, operand.Item,
                isTurned ? WideTile.StepNumbers : tile);
            return new() { Map = device.BoxMaps.Place(map), Varies = varies ? 1 : 0 };
        }
    }
}
