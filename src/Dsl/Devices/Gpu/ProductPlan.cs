namespace MageDsl.Devices.Gpu;

/// <summary>
/// By what a tile of a product is computed. On tensor cores a <see cref="PackedTile{TStage, T, S, TCore, TLeft, TRight, V, M, L}"/> is, of packed
/// operands.
/// </summary>
internal enum ProductTileKind
{
    /// <summary><see cref="SmallTile{TStage, T, S, TLeft, TRight}"/>.</summary>
    Small,

    /// <summary><see cref="LargeTile{TStage, T, S, TLeft, TRight, V, M, L}"/>.</summary>
    Large,

    /// <summary><see cref="TensorTile{TStage, T, S, TWord, TLeft, TRight, V, M, L}"/> of <see cref="Float32Word"/>.</summary>
    Float32,

    /// <summary>The same of <see cref="Tf32Word"/>.</summary>
    Tf32,

    /// <summary>The same of <see cref="BFloat16Word"/>.</summary>
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
    public static ProductTileKind KindOf(GpuTraits traits, Precision precision, bool isSingle) => (isSingle, precision) switch
    {
        (true, Precision.Tf32) => ProductTileKind.Tf32,
        (true, Precision.BFloat16) => ProductTileKind.BFloat16,
        (true, _) when traits.SplitsFloats => ProductTileKind.Float32,
        (true, _) when traits.GroupSize >= Large.Threads.X * Large.Threads.Y => ProductTileKind.Large,
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
    public static ProductTile Tensor(Precision precision) => Tensor(precision switch
    {
        Precision.Float32 => ProductTileKind.Float32,
        Precision.Tf32 => ProductTileKind.Tf32,
        _ => ProductTileKind.BFloat16,
    });

    /// <inheritdoc cref="Tensor(Precision)"/>
    public static ProductTile Tensor(ProductTileKind kind) => new(kind, 128, 128, TensorThreads);

    /// <summary>The same for <see cref="BroadTile"/> and <see cref="WideTile"/>.</summary>
    public static ProductTile Wide(Precision precision) => Tensor(precision) with { Rows = WideTile.Rows, Columns = WideTile.Columns };

    /// <summary>The threads of a group on tensor cores: eight warps.</summary>
    public static (int X, int Y) TensorThreads => (32, 8);

    /// <summary>Whether it is one of these.</summary>
    public bool IsOnTensorCores => Kind is ProductTileKind.Float32 or ProductTileKind.Tf32 or ProductTileKind.BFloat16;

    /// <summary>Whether it is a wide one, of operands that lie as words.</summary>
    public bool IsWide => IsOnTensorCores && Columns == WideTile.Columns;

    /// <summary>How many there are along rows and columns.</summary>
    public (int M, int N) Tiles(ProductSizes sizes) => ((int)GpuLauncher.Groups(sizes.Rows, Rows), (int)GpuLauncher.Groups(sizes.Columns, Columns));
}

/// <summary>How a product is computed: by sizes and precision alone, so that what is added up in which order never changes.</summary>
/// <param name="Tile">By which tiles.</param>
/// <param name="Shares">
/// Into how many shares the sums are cut. Each leaves a part of every result, and a second launch adds these in their order.
/// </param>
/// <param name="PacksLeft">Whether a launch of its own computes the left operand before.</param>
/// <param name="PacksRight">The same of the right one.</param>
/// <param name="IsPacked">Whether tensor cores multiply operands that lie as words: packed before, or in any case.</param>
internal readonly record struct ProductPlan(
    ProductTile Tile, int Shares, bool PacksLeft = false, bool PacksRight = false, bool IsPacked = false)
{
    /// <summary>Terms of a share that are worth the parts that it leaves.</summary>
    private const int FewestTerms = 256;

    // Groups with as many sums to a thread as large tiles have leave room for a quarter of the others.
    private const int LargeGroups = 4;

    // And those of twice as many sums none for a second group.
    private const int AloneGroups = 8;

    // A wide tile takes about two thirds of the time for a term; its end takes as long as so many terms, more where each sum waits for memory.
    private const int WideTerms = 384, WideReadTerms = 1536;

    // The longest step: one of packed bfloat16.
    private const int StepTerms = 64;

    // On tensor cores an element of an operand has to be multiplied so often that it is worth an element written and read, at some three numbers a
    // nanosecond for a hundred multiplications more in that time.
    private const int PackedUses = 192;

    // Tiles that have an element of a costly operand, so that it is computed once for all of them.
    private const int CopiedUses = 3;

    /// <summary>The most elements of packed operands: half a GiB of bfloat16. Windows of a convolution are many times what they lie over.</summary>
    private const long MostPacked = 1L << 28;

    /// <summary>The plan for a device.</summary>
    /// <param name="traits">The device.</param>
    /// <param name="precision">In what products of 32 bits are computed.</param>
    /// <param name="isSingle">Whether elements are of 32 bits.</param>
    /// <param name="sizes">The sizes.</param>
    /// <param name="form">The operands.</param>
    /// <param name="words">Which operands lie as words already, if the product is on tensor cores.</param>
    public static ProductPlan Of(
        GpuTraits traits, Precision precision, bool isSingle, ProductSizes sizes, GpuProductForm form, (bool Left, bool Right) words = default)
    {
        var tile = TileOf(traits, precision, isSingle, sizes);
        var packs = tile.IsOnTensorCores && Packs(sizes, form, words);
        var hasWide = traits.WideGroups > 0 && precision != Precision.Float32;
        if (packs && hasWide && AreWide(sizes, form.ReadsElements)) tile = ProductTile.Wide(precision);
        var (tilesM, tilesN) = tile.Tiles(sizes);
        var busy = tile.IsWide ? traits.WideGroups
            : tile.Kind == ProductTileKind.Small ? traits.BusyGroups
            : Math.Max(1, traits.BusyGroups / (packs && IsAlone(traits, tile) ? AloneGroups : LargeGroups));
        var shares = SharesOf(tile.Kind, (long)sizes.Batch * tilesM * tilesN, busy, sizes);
        if (!tile.IsOnTensorCores)
            return new ProductPlan(tile, shares, Copies(form.Left, sizes, sizes.Rows, tilesN), Copies(form.Right, sizes, sizes.Columns, tilesM));

        // In whole steps fewer shares may have all terms.
        if (shares > 1) shares = (int)GpuLauncher.Groups(sizes.Terms, new ProductPlan(tile, shares).ShareTerms(sizes));
        return new ProductPlan(tile, shares, packs && !words.Left, packs && !words.Right, packs);
    }

    /// <summary>
    /// Tiles are computed in turns, as many at once as keep the device busy, and the last turn takes as long as the others, however few are left.
    /// Shares make turns shorter and the last one fuller, and cost the writing and reading of parts, which is worth so many terms.
    /// </summary>
    private static int SharesOf(ProductTileKind kind, long tiles, int busy, ProductSizes sizes)
    {
        var ofParts = kind switch { ProductTileKind.BFloat16 => 500, ProductTileKind.Tf32 => 120, ProductTileKind.Float32 => 90, _ => 35 };
        var most = Math.Min(sizes.Terms / FewestTerms, int.MaxValue / Math.Max(1, sizes.Results));
        return Enumerable.Range(1, Math.Max(1, most)).MinBy(Time);

        long Time(int shares)
            => GpuLauncher.Groups(tiles * shares, busy) * (GpuLauncher.Groups(sizes.Terms, shares) + (shares > 1 ? ofParts : 0));
    }

    /// <summary>
    /// Whether wide tiles are worth it: full, but for an eighth of their columns at most that others would not have, and of so many terms that what
    /// is read less of them makes up for sums which are finished while nothing multiplies.
    /// </summary>
    private static bool AreWide(ProductSizes sizes, bool readsElements)
    {
        var (narrow, wide) = (GpuLauncher.Groups(sizes.Columns, WideTile.Columns / 2), 2 * GpuLauncher.Groups(sizes.Columns, WideTile.Columns));
        return sizes.Rows >= WideTile.Rows && sizes.Columns >= WideTile.Columns && wide - narrow <= narrow / 8
            && sizes.Terms >= (readsElements ? WideReadTerms : WideTerms);
    }

    /// <summary>Whether a group has a multiprocessor for itself, if operands lie as words: see <see cref="SplitCore"/>.</summary>
    private static bool IsAlone(GpuTraits traits, ProductTile tile) => tile.Kind == ProductTileKind.Float32 && traits.HasWarpGroups;

    private static bool Packs(ProductSizes sizes, GpuProductForm form, (bool Left, bool Right) words)
    {
        var own = (words.Left ? 0 : (long)Items(form.Left, sizes) * sizes.Rows) + (words.Right ? 0 : (long)Items(form.Right, sizes) * sizes.Columns);
        return sizes.Results > 0 && sizes.Results >= PackedUses * own && own * sizes.Terms <= MostPacked;
    }

    private static bool Copies(GpuOperandForm operand, ProductSizes sizes, int own, int tiles)
    {
        var items = Items(operand, sizes);
        return operand.IsCostly && (long)tiles * sizes.Batch >= (long)CopiedUses * items
            && (long)items * own * sizes.Terms is > 0 and <= MostPacked;
    }

    private static int Items(GpuOperandForm operand, ProductSizes sizes) => operand.VariesByItem ? sizes.Batch : 1;

    private static ProductTile TileOf(GpuTraits traits, Precision precision, bool isSingle, ProductSizes sizes)
    {
        var kind = sizes.Terms > 0 ? ProductTile.KindOf(traits, precision, isSingle) : ProductTileKind.Small;
        var (large, small) = (ProductTile.Large, ProductTile.Small(traits.GroupSize));
        var isLarge = sizes.Rows >= large.Rows && sizes.Columns >= large.Columns;
        return kind switch
        {
            ProductTileKind.Small => small,
            ProductTileKind.Large => isLarge ? large : small,
            ProductTileKind.Float32 when !isLarge => small,
            _ => ProductTile.Tensor(kind),
        };
    }

    /// <summary>The terms of a share: whole steps.</summary>
    public int ShareTerms(ProductSizes sizes) => (int)GpuLauncher.Groups(GpuLauncher.Groups(sizes.Terms, Shares), StepTerms) * StepTerms;
}
