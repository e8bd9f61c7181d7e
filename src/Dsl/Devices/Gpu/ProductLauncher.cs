namespace MageDsl.Devices.Gpu;

/// <summary>Launches a product by its tile and form, which are types of what is launched: so each kernel has no other code than its own.</summary>
internal static class ProductLauncher<TStage, T, S>
    where TStage : struct, IGpuContraction<TStage, T>
    where T : unmanaged
    where S : struct, IScalar<T>
{
    public static void Launch(GpuDevice device, TStage stage, ProductSizes sizes, GpuProductForm form, ProductTile tile)
    {
        var (tilesM, tilesN) = tile.Tiles(sizes);
        // The small tile takes elements one by one.
        if (tile.Kind == ProductTileKind.Small) form = form.OneByOne;
        var launch = new Launching(device, new() { Stage = stage, Sizes = sizes, TilesM = tilesM, TilesN = tilesN }, form, tile);
        switch (form.LeftAlongK, form.LeftFours)
        {
            case (true, true): launch.With<LeftOperand<TStage, T, AlongK, FourAtOnce>>(); break;
            case (true, false): launch.With<LeftOperand<TStage, T, AlongK, OneByOne>>(); break;
            case (false, true): launch.With<LeftOperand<TStage, T, AlongOwn, FourAtOnce>>(); break;
            case (false, false): launch.With<LeftOperand<TStage, T, AlongOwn, OneByOne>>(); break;
        }
    }

    private readonly record struct Launching(GpuDevice Device, GpuProduct<TStage, T> Product, GpuProductForm Form, ProductTile Tile)
    {
        public void With<TLeft>()
            where TLeft : struct, IOperand<TStage, T>
        {
            switch (Form.RightAlongK, Form.RightFours)
            {
                case (true, true): With<TLeft, RightOperand<TStage, T, AlongK, FourAtOnce>>(); break;
                case (true, false): With<TLeft, RightOperand<TStage, T, AlongK, OneByOne>>(); break;
                case (false, true): With<TLeft, RightOperand<TStage, T, AlongOwn, FourAtOnce>>(); break;
                case (false, false): With<TLeft, RightOperand<TStage, T, AlongOwn, OneByOne>>(); break;
            }
        }

        private void With<TLeft, TRight>()
            where TLeft : struct, IOperand<TStage, T>
            where TRight : struct, IOperand<TStage, T>
        {
            if (Tile.Kind == ProductTileKind.Small) Launch(new SmallTile<TStage, T, S, TLeft, TRight> { Product = Product });
            else if (Form.StoreFours) With<TLeft, TRight, Quad<T>, Quad<bool>, Quads<T, S>>();
            else With<TLeft, TRight, T, bool, S>();
        }

        private void With<TLeft, TRight, V, M, L>()
            where TLeft : struct, IOperand<TStage, T>
            where TRight : struct, IOperand<TStage, T>
            where V : unmanaged
            where M : unmanaged
            where L : struct, ILanes<T, V, M>
        {
            switch (Tile.Kind)
            {
                case ProductTileKind.Tf32:
                    Launch(new TensorTile<TStage, T, S, Tf32Word, TLeft, TRight, V, M, L> { Product = Product });
                    break;
                case ProductTileKind.BFloat16:
                    Launch(new TensorTile<TStage, T, S, BFloat16Word, TLeft, TRight, V, M, L> { Product = Product });
                    break;
                default:
                    Launch(new LargeTile<TStage, T, S, TLeft, TRight, V, M, L> { Product = Product });
                    break;
            }
        }

        private void Launch<TTile>(TTile tile)
            where TTile : struct, IGpuStage<TTile>
        {
            var (x, y) = Tile.Threads;
            Device.Launch(tile, (long)Product.Sizes.Batch * Product.TilesM * Product.TilesN, x, y, 0, 2d * Product.Sizes.Results * Product.Sizes.Terms);
        }
    }
}
