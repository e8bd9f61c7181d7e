using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>Launches a product on tensor cores of operands that are packed first, or lie as words already.</summary>
internal static class PackedGemm<TStage, T, S>
    where TStage : struct, IGpuContraction<TStage, T>
    where T : unmanaged
    where S : struct, IScalar<T>
{
    /// <inheritdoc cref="GpuGemm.Run{TStage, T, S}(GpuDevice, TStage, ProductSizes, GpuProductForm, ProductPlan, GpuShortMatrix, GpuShortMatrix)"/>
    public static void Run(
        GpuDevice device, TStage stage, ProductSizes sizes, GpuProductForm form, ProductPlan plan, GpuShortMatrix left, GpuShortMatrix right)
    {
        if (plan.Tile.Kind == ProductTileKind.Tf32) Run<Tf32Word>(device, stage, sizes, form, plan, left, right);
        else Run<BFloat16Word>(device, stage, sizes, form, plan, left, right);
    }

    private static void Run<TWord>(
        GpuDevice device, TStage stage, ProductSizes sizes, GpuProductForm form, ProductPlan plan, GpuShortMatrix left, GpuShortMatrix right)
        where TWord : struct, IOperandWord
    {
        var steps = PackedOperands.StepsOf<TWord>(sizes.Terms);
        var pitch = steps * PackedOperands.Step;
        var leftBytes = plan.PacksLeft ? Chunks(form.Left, sizes.Rows) : 0;
        var rightBytes = plan.PacksRight ? Chunks(form.Right, sizes.Columns) : 0;
        var parts = plan.Shares == 1 ? 0 : (long)plan.Shares * sizes.Results * Unsafe.SizeOf<T>();
        using var arena = new GpuArena(device, Aligned(leftBytes) + Aligned(rightBytes) + parts);
        var product = GpuProduct<TStage, T>.Of(stage, sizes, plan.Tile);
        var operands = new PackedOperands
        {
            Left = plan.PacksLeft ? Packed(arena.At(0, leftBytes), form.Left, sizes.Rows) : left.Operand,
            Right = plan.PacksRight ? Packed(arena.At(Aligned(leftBytes), rightBytes), form.Right, sizes.Columns) : right.Operand,
            Shares = new()
            {
                Items = sizes.Batch, Steps = steps,
                ShareSteps = (int)GpuLauncher.Groups(plan.ShareTerms(sizes), PackedOperands.Step * 4 * TWord.Terms),
            },
        };
        if (plan.PacksLeft) OperandForms<TStage, T>.Left(form.Left, new Packing<TWord>(device, product, operands.Left));
        if (plan.PacksRight) OperandForms<TStage, T>.Right(form.Right, new Packing<TWord>(device, product, operands.Right));
        var (isLeftTurned, isRightTurned) = (!plan.PacksLeft && !form.Left.IsAlongK, !plan.PacksRight && !form.Right.IsAlongK);
        if (plan.Shares == 1)
        {
            Tiles<TStage>(product, form.StoreFours);
            return;
        }

        var memory = arena.At(Aligned(leftBytes) + Aligned(rightBytes), parts);
        var cut = CutProduct<TStage, T, S>.Of(stage, sizes, form, plan, memory.GpuView<T>(device));
        Tiles(GpuProduct<CutProduct<TStage, T, S>, T>.Of(cut, cut.ShareSizes, plan.Tile), sizes.Columns % 4 == 0);
        GpuLauncher.Elements<CutProduct<TStage, T, S>, T, S>(device, cut, sizes.Results, form.StoreFours);

        void Tiles<TProduct>(GpuProduct<TProduct, T> of, bool storeFours)
            where TProduct : struct, IGpuContraction<TProduct, T>
        {
            if (!isLeftTurned && !isRightTurned) Cores<TProduct, RowsOfTerms, RowsOfTerms>(of, storeFours);
            else if (!isLeftTurned) Cores<TProduct, RowsOfTerms, TermsOfRows>(of, storeFours);
            else if (!isRightTurned) Cores<TProduct, TermsOfRows, RowsOfTerms>(of, storeFours);
            else Cores<TProduct, TermsOfRows, TermsOfRows>(of, storeFours);
        }

        void Cores<TProduct, TLeft, TRight>(GpuProduct<TProduct, T> of, bool storeFours)
            where TProduct : struct, IGpuContraction<TProduct, T>
            where TLeft : struct, IStepLayout
            where TRight : struct, IStepLayout
        {
            if (plan.Tile.IsWide) Wide<TProduct, WideProducts<TWord, TLeft, TRight>>(of, storeFours);
            else if (device.Traits.HasWarpGroups)
                Multiply<TProduct, WarpGroupCore<TWord, TLeft, TRight>, TLeft, TRight>(device, of, operands, storeFours);
            else Multiply<TProduct, WarpCore<TWord, TLeft, TRight>, TLeft, TRight>(device, of, operands, storeFours);
        }

        void Wide<TProduct, TProducts>(GpuProduct<TProduct, T> of, bool storeFours)
            where TProduct : struct, IGpuContraction<TProduct, T>
            where TProducts : struct, IWideProducts
        {
            var wide = new WideOperands
            {
                Maps = device.BoxMaps.All, Shares = operands.Shares,
                Left = Map(operands.Left, isLeftTurned, sizes.Rows, WideTile.Rows),
                Right = Map(operands.Right, isRightTurned, sizes.Columns, WideTile.Columns),
            };
            MultiplyWide<TProduct, TProducts>(device, of, wide, storeFours);
        }

        // Steps are 64 numbers of 16 bits, whatever they are, and there is nothing beyond the last.
        WideOperand Map(PackedOperand operand, bool isTurned, int own, int tile)
        {
            var (numbers, rows) = isTurned ? (own, sizes.Terms) : (steps * WideTile.StepNumbers, own);
            var varies = operand.Item > 0;
            var map = new BoxMap(
                operand.Chunks.LoadEffectiveAddressAsPtr(), numbers, rows, varies ? sizes.Batch : 1, operand.Pitch, operand.Item,
                isTurned ? WideTile.StepNumbers : tile);
            return new() { Map = device.BoxMaps.Place(map), Varies = varies ? 1 : 0 };
        }

        long Chunks(GpuOperandForm operand, int own) => (long)Unsafe.SizeOf<Quad<uint>>() * (operand.VariesByItem ? sizes.Batch : 1) * own * pitch;

        PackedOperand Packed(GpuTemporary memory, GpuOperandForm operand, int own)
            => new() { Chunks = memory.GpuView<Quad<uint>>(device), Item = operand.VariesByItem ? own * pitch : 0, Pitch = pitch };

        static long Aligned(long bytes) => GpuArena.Aligned((nint)bytes);
    }

    private static void Multiply<TProduct, TCore, TLeft, TRight>(
        GpuDevice device, GpuProduct<TProduct, T> product, PackedOperands operands, bool storeFours)
        where TProduct : struct, IGpuContraction<TProduct, T>
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
            device.Launch(
                new PackedTile<TProduct, T, S, TCore, TLeft, TRight, V, M, L> { Product = product, Operands = operands }, product.Tiles, x, y,
                PackedTile<TProduct, T, S, TCore, TLeft, TRight, V, M, L>.SharedBytes, product.Operations);
        }
    }

    private static void MultiplyWide<TProduct, TProducts>(
        GpuDevice device, GpuProduct<TProduct, T> product, WideOperands operands, bool storeFours)
        where TProduct : struct, IGpuContraction<TProduct, T>
        where TProducts : struct, IWideProducts
    {
        if (storeFours) Launch<Quad<T>, Quad<bool>, Quads<T, S>>();
        else Launch<T, bool, S>();

        void Launch<V, M, L>()
            where V : unmanaged
            where M : unmanaged
            where L : struct, ILanes<T, V, M>
        {
            var groups = Math.Min(product.Tiles, device.Traits.WideGroups);
            device.Launch(
                new WideTile<TProduct, T, S, TProducts, V, M, L> { Product = product, Operands = operands }, groups, 32, WideTile.Threads / 32,
                WideTile.SharedBytes, product.Operations);
        }
    }

    /// <summary>Packs an operand.</summary>
    private readonly record struct Packing<TWord>(GpuDevice Device, GpuProduct<TStage, T> Product, PackedOperand To) : IOperandVisitor<TStage, T>
        where TWord : struct, IOperandWord
    {
        public void Visit<TOperand>()
            where TOperand : struct, IOperand<TStage, T>
        {
            var chunks = To.Chunks;
            if (TOperand.IsAlongK)
            {
                GpuLauncher.Elements(
                    Device, new PackAlongK<TStage, T, S, TWord, TOperand> { Product = Product, To = chunks, Pitch = To.Pitch }, (nint)chunks.Length);
                return;
            }

            var pack = new PackTurned<TStage, T, S, TWord, TOperand> { Product = Product, To = chunks, Pitch = To.Pitch };
            var count = TOperand.Count(Product.Sizes);
            var items = chunks.Length / To.Pitch / count;
            var groups = items * GpuLauncher.Groups(count, PackTurned<TStage, T, S, TWord, TOperand>.Own) * (To.Pitch / PackedOperands.Step);
            var (x, y) = ProductTile.TensorThreads;
            Device.Launch(pack, groups, x, y);
        }
    }
}
