namespace MageDsl.Devices.Gpu;

/// <summary>Launches a product by its tile and form, which are types of what is launched.</summary>
internal static class ProductLauncher<TStage, T, S>
    where TStage : struct, IGpuContraction<TStage, T>
    where T : unmanaged
    where S : struct, IScalar<T>
{
    public static void Launch(GpuDevice device, TStage stage, ProductSizes sizes, GpuProductForm form, ProductTile tile)
    {
        // The small tile takes elements one by one.
        if (tile.Kind == ProductTileKind.Small) form = form.OneByOne;
        OperandForms<TStage, T>.Left(form.Left, new Launching(device, GpuProduct<TStage, T>.Of(stage, sizes, tile), form, tile));
    }

    private readonly record struct Launching(GpuDevice Device, GpuProduct<TStage, T> Product, GpuProductForm Form, ProductTile Tile)
        : IOperandVisitor<TStage, T>
    {
        public void Visit<TLeft>()
            where TLeft : struct, IOperand<TStage, T>
            => OperandForms<TStage, T>.Right(Form.Right, new Launching<TLeft>(this));
    }

    private readonly record struct Launching<TLeft>(Launching Of) : IOperandVisitor<TStage, T>
        where TLeft : struct, IOperand<TStage, T>
    {
        public void Visit<TRight>()
            where TRight : struct, IOperand<TStage, T>
        {
            if (Of.Tile.Kind == ProductTileKind.Small) Launch(new SmallTile<TStage, T, S, TLeft, TRight> { Product = Of.Product });
            else if (Of.Form.StoreFours) With<TRight, Quad<T>, Quad<bool>, Quads<T, S>>();
            else With<TRight, T, bool, S>();
        }

        private void With<TRight, V, M, L>()
            where TRight : struct, IOperand<TStage, T>
            where V : unmanaged
            where M : unmanaged
            where L : struct, ILanes<T, V, M>
        {
            switch (Of.Tile.Kind)
            {
                case ProductTileKind.Float32:
                    Launch(new TensorTile<TStage, T, S, Float32Word, TLeft, TRight, V, M, L> { Product = Of.Product });
                    break;
                case ProductTileKind.Tf32:
                    Launch(new TensorTile<TStage, T, S, Tf32Word, TLeft, TRight, V, M, L> { Product = Of.Product });
                    break;
                case ProductTileKind.BFloat16:
                    Launch(new TensorTile<TStage, T, S, BFloat16Word, TLeft, TRight, V, M, L> { Product = Of.Product });
                    break;
                default:
                    Launch(new LargeTile<TStage, T, S, TLeft, TRight, V, M, L> { Product = Of.Product });
                    break;
            }
        }

        private void Launch<TTile>(TTile tile)
            where TTile : struct, IGpuStage<TTile>
        {
            var (x, y) = Of.Tile.Threads;
            Of.Device.Launch(tile, Of.Product.Tiles, x, y, 0, Of.Product.Operations);
        }
    }
}
