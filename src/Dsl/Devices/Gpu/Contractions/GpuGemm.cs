using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace MageDsl.Devices.Gpu;

/// <summary>Launches products.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class GpuGemm
{
    /// <summary>A product of these sizes.</summary>
    public static void Run<TStage, T, S>(
        GpuDevice device, TStage stage, nint batch, nint rows, nint columns, nint terms, bool leftAlongK, bool rightAlongK)
        where TStage : struct, IGpuContraction<TStage, T>
        where T : unmanaged
        where S : struct, IScalar<T>
    {
        var product = new GpuProduct<TStage, T>
        {
            Stage = stage, Sizes = ProductSizes.Checked(batch, rows, columns, terms),
            LeftAlongK = leftAlongK ? 1 : 0, RightAlongK = rightAlongK ? 1 : 0,
        };
        var plan = ProductPlan.Of(device.GroupSize, device.BusyGroups, device.Precision, typeof(T) == typeof(float), product.Sizes);
        Run<TStage, T, S>(device, product, plan);
    }

    /// <summary>A product, in a way that was chosen for it.</summary>
    internal static void Run<TStage, T, S>(GpuDevice device, GpuProduct<TStage, T> product, ProductPlan plan)
        where TStage : struct, IGpuContraction<TStage, T>
        where T : unmanaged
        where S : struct, IScalar<T>
    {
        if (plan.Shares == 1)
        {
            Launch<TStage, T, S>(device, product, plan.Tile);
            return;
        }

        var bytes = (long)plan.Shares * product.Sizes.Results * Unsafe.SizeOf<T>();
        using var arena = new GpuArena(device, bytes);
        var cut = new CutProduct<TStage, T, S>
        {
            Whole = product, Shares = plan.Shares, Terms = plan.ShareTerms(product.Sizes), Parts = arena.At(0, bytes).GpuView<T>(device),
        };
        Launch<CutProduct<TStage, T, S>, T, S>(device, cut.Product, plan.Tile);
        GpuLauncher.Elements(device, cut, product.Sizes.Results);
    }

    private static void Launch<TStage, T, S>(GpuDevice device, GpuProduct<TStage, T> product, ProductTile tile)
        where TStage : struct, IGpuContraction<TStage, T>
        where T : unmanaged
        where S : struct, IScalar<T>
    {
        var (x, y) = tile.Threads;
        (product.TilesM, product.TilesN) = tile.Tiles(product.Sizes);
        var groups = (long)product.Sizes.Batch * product.TilesM * product.TilesN;
        switch (tile.Kind)
        {
            case ProductTileKind.Small:
                device.Launch(new SmallTile<TStage, T, S> { Product = product }, groups, x, y);
                break;
            case ProductTileKind.Large:
                device.Launch(new LargeTile<TStage, T, S> { Product = product }, groups, x, y);
                break;
            case ProductTileKind.Tf32:
                device.Launch(new TensorTile<TStage, T, S, Tf32Word> { Product = product }, groups, x, y);
                break;
            case ProductTileKind.BFloat16:
                device.Launch(new TensorTile<TStage, T, S, BFloat16Word> { Product = product }, groups, x, y);
                break;
        }
    }
}
