namespace MageDsl.Devices.Gpu;

/// <summary>By what a tile of a product is computed.</summary>
internal enum ProductTileKind
{
    /// <summary><see cref="SmallTile{TStage, T, S, TLeft, TRight}"/>.</summary>
    Small,

    /// <summary><see cref="LargeTile{TStage, T, S, TLeft, TRight, V, M, L}"/>.</summary>
    Large,

    /// <summary><see cref="TensorTile{TStage, T, S, TWord, TLeft, TRight, V, M, L}"/> of <see cref="Tf32Word"/>.</summary>
    Tf32,

    /// <summary><see cref="TensorTile{TStage, T, S, TWord, TLeft, TRight, V, M, L}"/> of <see cref="BFloat16Word"/>.</summary>
    BFloat16,
}

/// <summary>A tile of a result, which is a group's work.</summary>
/// <param name="Kind">How it is computed.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="Threads">The threads of a group.</param>
internal readonly record struct ProductTile(ProductTileKind Kind, int Rows, int Columns, (int X, int Y) Threads)
{
    /// <summary>What a device takes for large results.</summary>
    /// <inheritdoc cref="ProductPlan.Of"/>
    public static ProductTileKind KindOf(int groupSize, Precision precision, bool isSingle) => (isSingle, precision) switch
    {
        (true, Precision.Tf32) => ProductTileKind.Tf32,
        (true, Precision.BFloat16) => ProductTileKind.BFloat16,
        (true, _) when groupSize >= Large.Threads.X * Large.Threads.Y => ProductTileKind.Large,
        _ => ProductTileKind.Small,
    };

    /// <summary>For devices whose groups have up to so many threads: as square as a power of two lets it be.</summary>
    public static ProductTile Small(int threads)
    {
        int x = 1, y = threads;
        while (x < y) (x, y) = (2 * x, y / 2);
        return new(ProductTileKind.Small, 4 * y, 4 * x, (x, y));
    }

    /// <summary>For large results of float32, where groups have 256 threads.</summary>
    public static ProductTile Large { get; } = new(ProductTileKind.Large, 128, 128, (16, 16));

    /// <summary>On tensor cores.</summary>
    public static ProductTile Tensor(Precision precision)
        => new(precision == Precision.Tf32 ? ProductTileKind.Tf32 : ProductTileKind.BFloat16, 128, 128, (32, 8));

    /// <summary>How many there are along rows and columns.</summary>
    public (int M, int N) Tiles(ProductSizes sizes) => ((int)GpuLauncher.Groups(sizes.Rows, Rows), (int)GpuLauncher.Groups(sizes.Columns, Columns));
}

/// <summary>How a product is computed: by sizes and precision alone, so that what is added up in which order never changes.</summary>
/// <param name="Tile">By which tiles.</param>
/// <param name="Shares">
/// Into how many shares the sums are cut. Each leaves a part of every result, and a second launch adds these in their order.
/// </param>
internal readonly record struct ProductPlan(ProductTile Tile, int Shares)
{
    /// <summary>Terms of a share that are worth the parts that it leaves.</summary>
    private const int FewestTerms = 256;

    // Groups with as many sums to a thread as large tiles have leave room for a quarter of the others.
    private const int LargeGroups = 4;

    private const int StepTerms = 32;

    /// <summary>The plan for a device.</summary>
    /// <param name="groupSize">The most threads of a group.</param>
    /// <param name="busyGroups">Groups that keep it busy.</param>
    /// <param name="precision">In what products of 32 bits are computed.</param>
    /// <param name="isSingle">Whether elements are of 32 bits.</param>
    /// <param name="sizes">The sizes.</param>
    public static ProductPlan Of(int groupSize, int busyGroups, Precision precision, bool isSingle, ProductSizes sizes)
    {
        var tile = TileOf(groupSize, precision, isSingle, sizes);
        var (tilesM, tilesN) = tile.Tiles(sizes);
        var groups = Math.Max(1, (long)sizes.Batch * tilesM * tilesN);
        var busy = tile.Kind == ProductTileKind.Small ? busyGroups : busyGroups / LargeGroups;
        var most = Math.Min(sizes.Terms / FewestTerms, int.MaxValue / Math.Max(1, sizes.Results));
        return new ProductPlan(tile, (int)Math.Clamp(busy / groups, 1, Math.Max(1, most)));
    }

    private static ProductTile TileOf(int groupSize, Precision precision, bool isSingle, ProductSizes sizes)
    {
        var kind = sizes.Terms > 0 ? ProductTile.KindOf(groupSize, precision, isSingle) : ProductTileKind.Small;
        var (large, small) = (ProductTile.Large, ProductTile.Small(groupSize));
        return kind switch
        {
            ProductTileKind.Small => small,
            ProductTileKind.Large => sizes.Rows >= large.Rows && sizes.Columns >= large.Columns ? large : small,
            _ => ProductTile.Tensor(precision),
        };
    }

    /// <summary>The terms of a share: whole steps.</summary>
    public int ShareTerms(ProductSizes sizes) => (int)GpuLauncher.Groups(GpuLauncher.Groups(sizes.Terms, Shares), StepTerms) * StepTerms;
}
