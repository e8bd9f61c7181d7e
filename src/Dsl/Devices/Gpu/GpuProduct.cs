using ILGPU;

namespace MageDsl.Devices.Gpu;

/// <summary>A product and its sizes, as the groups of a launch share it: each has a tile of the result.</summary>
internal struct GpuProduct<TStage, T>
    where TStage : struct, IGpuContraction<TStage, T>
    where T : unmanaged
{
    /// <summary>The operands.</summary>
    public TStage Stage;

    /// <summary>Its sizes.</summary>
    public ProductSizes Sizes;

    /// <summary>How many tiles there are along rows and columns.</summary>
    public int TilesM, TilesN;

    /// <summary>Groups of a launch.</summary>
    public readonly long Tiles => (long)Sizes.Batch * TilesM * TilesN;

    /// <summary>Multiplications and additions.</summary>
    public readonly double Operations => 2d * Sizes.Results * Sizes.Terms;

    /// <summary>A product in such tiles.</summary>
    public static GpuProduct<TStage, T> Of(TStage stage, ProductSizes sizes, ProductTile tile)
    {
        var (tilesM, tilesN) = tile.Tiles(sizes);
        return new() { Stage = stage, Sizes = sizes, TilesM = tilesM, TilesN = tilesN };
    }

    /// <summary>The tile of this group: its batch item, its first row and its first column.</summary>
    public readonly (int Batch, int M, int N) Place(int rows, int columns) => Place(Grid.IdxX, rows, columns);

    /// <summary>The same of a tile by its number.</summary>
    public readonly (int Batch, int M, int N) Place(int tile, int rows, int columns)
    {
        int rest = tile / TilesN;
        return (rest / TilesM, rest % TilesM * rows, tile % TilesN * columns);
    }

    /// <summary>Finishes sums, if they are the result's.</summary>
    public readonly void Store<V, M, L>(int batch, int m, int n, V sums)
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>
    {
        if (m < Sizes.Rows && n < Sizes.Columns) TStage.Store<V, M, L>(Stage, batch, m, n, sums);
    }
}
