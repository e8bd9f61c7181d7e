using System.Runtime.CompilerServices;
using ILGPU;

namespace MageDsl.Devices.Gpu;

/// <summary>Launches a product on tensor cores whose operands are packed first.</summary>
internal static class PackedGemm<TStage, T, S>
    where TStage : struct, IGpuContraction<TStage, T>
    where T : unmanaged
    where S : struct, IScalar<T>
{
    /// <inheritdoc cref="GpuGemm.Run{TStage, T, S}(GpuDevice, TStage, ProductSizes, GpuProductForm, ProductPlan)"/>
    public static void Run(GpuDevice device, TStage stage, ProductSizes sizes, GpuProductForm form, ProductPlan plan)
    {
        if (plan.Tile.Kind == ProductTileKind.Tf32) Run<Tf32Word>(device, stage, sizes, form, plan);
        else Run<BFloat16Word>(device, stage, sizes, form, plan);
    }

    private static void Run<TWord>(GpuDevice device, TStage stage, ProductSizes sizes, GpuProductForm form, ProductPlan plan)
        where TWord : struct, IOperandWord
    {
        var pitch = PackedOperands.PitchOf<TWord>(sizes.Terms);
        var (left, right) = (Chunks(form.Left, sizes.Rows), Chunks(form.Right, sizes.Columns));
        var parts = plan.Shares == 1 ? 0 : (long)plan.Shares * sizes.Results * Unsafe.SizeOf<T>();
        using var arena = new GpuArena(device, Aligned(left) + Aligned(right) + parts);
        var product = GpuProduct<TStage, T>.Of(stage, sizes, plan.Tile);
        var operands = new PackedOperands
        {
            Left = arena.At(0, left).GpuView<Quad<uint>>(device), LeftItem = Item(form.Left, sizes.Rows),
            Right = arena.At(Aligned(left), right).GpuView<Quad<uint>>(device), RightItem = Item(form.Right, sizes.Columns),
            Pitch = pitch, Items = sizes.Batch,
            ShareSteps = (int)GpuLauncher.Groups(plan.ShareTerms(sizes), PackedOperands.Step * 4 * TWord.Terms),
        };
        OperandForms<TStage, T>.Left(form.Left, new Packing<TWord>(device, product, operands.Left, pitch));
        OperandForms<TStage, T>.Right(form.Right, new Packing<TWord>(device, product, operands.Right, pitch));
        if (plan.Shares == 1)
        {
            Tiles<TStage>(product, form.StoreFours);
            return;
        }

        var cut = CutProduct<TStage, T, S>.Of(stage, sizes, form, plan, arena.At(Aligned(left) + Aligned(right), parts).GpuView<T>(device));
        Tiles(GpuProduct<CutProduct<TStage, T, S>, T>.Of(cut, cut.ShareSizes, plan.Tile), sizes.Columns % 4 == 0);
        GpuLauncher.Elements(device, cut, sizes.Results);

        void Tiles<TProduct>(GpuProduct<TProduct, T> of, bool storeFours)
            where TProduct : struct, IGpuContraction<TProduct, T>
        {
            if (device.Traits.HasWarpGroups) Multiply<TProduct, WarpGroupCore<TWord>>(device, of, operands, storeFours);
            else Multiply<TProduct, WarpCore<TWord>>(device, of, operands, storeFours);
        }

        long Chunks(GpuOperandForm operand, int own) => (long)Unsafe.SizeOf<Quad<uint>>() * (operand.VariesByItem ? sizes.Batch : 1) * own * pitch;

        int Item(GpuOperandForm operand, int own) => operand.VariesByItem ? own * pitch : 0;

        static long Aligned(long bytes) => GpuArena.Aligned((nint)bytes);
    }

    private static void Multiply<TProduct, TCore>(GpuDevice device, GpuProduct<TProduct, T> product, PackedOperands operands, bool storeFours)
        where TProduct : struct, IGpuContraction<TProduct, T>
        where TCore : struct, IPackedCore
    {
        if (storeFours) Launch<Quad<T>, Quad<bool>, Quads<T, S>>();
        else Launch<T, bool, S>();

        void Launch<V, M, L>()
            where V : unmanaged
            where M : unmanaged
            where L : struct, ILanes<T, V, M>
        {
            var (x, y) = ProductTile.TensorThreads;
            device.Launch(
                new PackedTile<TProduct, T, S, TCore, V, M, L> { Product = product, Operands = operands }, product.Tiles, x, y,
                PackedTile<TProduct, T, S, TCore, V, M, L>.SharedBytes, product.Operations);
        }
    }

    /// <summary>Packs an operand.</summary>
    private readonly record struct Packing<TWord>(GpuDevice Device, GpuProduct<TStage, T> Product, ArrayView<Quad<uint>> To, int Pitch)
        : IOperandVisitor<TStage, T>
        where TWord : struct, IOperandWord
    {
        public void Visit<TOperand>()
            where TOperand : struct, IOperand<TStage, T>
        {
            if (TOperand.IsAlongK)
            {
                GpuLauncher.Elements(
                    Device, new PackAlongK<TStage, T, S, TWord, TOperand> { Product = Product, To = To, Pitch = Pitch }, (nint)To.Length);
                return;
            }

            var pack = new PackTurned<TStage, T, S, TWord, TOperand> { Product = Product, To = To, Pitch = Pitch };
            var count = TOperand.Count(Product.Sizes);
            var items = To.Length / Pitch / count;
            var groups = items * GpuLauncher.Groups(count, PackTurned<TStage, T, S, TWord, TOperand>.Own) * (Pitch / PackedOperands.Step);
            var (x, y) = ProductTile.TensorThreads;
            Device.Launch(pack, groups, x, y);
        }
    }
}
