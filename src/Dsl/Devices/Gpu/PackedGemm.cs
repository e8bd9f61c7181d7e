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
    /// <inheritdoc cref="GpuGemm.Run{TStage, T, S}(GpuDevice, TStage, ProductSizes, GpuProductForm, ProductPlan, GpuMatrix, GpuMatrix)"/>
    public static void Run(
        GpuDevice device, TStage stage, ProductSizes sizes, GpuProductForm form, ProductPlan plan, GpuMatrix left, GpuMatrix right)
    {
        switch (plan.Tile.Kind)
        {
            case ProductTileKind.Float32: Run<Float32Word, Float32Tiles<T, S>>(device, stage, sizes, form, plan, left, right); break;
            case ProductTileKind.Tf32: Run<Tf32Word, WordTiles<T, S, Tf32Word>>(device, stage, sizes, form, plan, left, right); break;
            default: Run<BFloat16Word, WordTiles<T, S, BFloat16Word>>(device, stage, sizes, form, plan, left, right); break;
        }
    }

    private static void Run<TWord, TTiles>(
        GpuDevice device, TStage stage, ProductSizes sizes, GpuProductForm form, ProductPlan plan, GpuMatrix left, GpuMatrix right)
        where TWord : struct, IOperandWord
        where TTiles : struct, IPackedTiles<T>
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
        var packed = new PackedProduct(
            device, sizes, plan.Tile, operands, !plan.PacksLeft && !form.Left.IsAlongK, !plan.PacksRight && !form.Right.IsAlongK);
        if (plan.Shares == 1)
        {
            Launch<TStage, TTiles>(packed, product, form.StoreFours);
            return;
        }

        var memory = arena.At(Aligned(leftBytes) + Aligned(rightBytes), parts);
        var cut = CutProduct<TStage, T, S>.Of(stage, sizes, form, plan, memory.GpuView<T>(device));
        var parted = GpuProduct<CutProduct<TStage, T, S>, T>.Of(cut, cut.ShareSizes, plan.Tile);
        Launch<CutProduct<TStage, T, S>, TTiles>(packed, parted, sizes.Columns % 4 == 0);
        GpuLauncher.Elements<CutProduct<TStage, T, S>, T, S>(device, cut, sizes.Results, form.StoreFours);

        long Chunks(GpuOperandForm operand, int own) => (long)Unsafe.SizeOf<Quad<uint>>() * (operand.VariesByItem ? sizes.Batch : 1) * own * pitch;

        PackedOperand Packed(GpuTemporary memory, GpuOperandForm operand, int own)
            => new() { Chunks = memory.GpuView<Quad<uint>>(device), Item = operand.VariesByItem ? own * pitch : 0, Pitch = pitch };

        static long Aligned(long bytes) => GpuArena.Aligned((nint)bytes);
    }

    private static void Launch<TProduct, TTiles>(PackedProduct packed, GpuProduct<TProduct, T> product, bool storeFours)
        where TProduct : struct, IGpuContraction<TProduct, T>
        where TTiles : struct, IPackedTiles<T>
    {
        if (storeFours) TTiles.Launch<TProduct, Quad<T>, Quad<bool>, Quads<T, S>>(packed, product);
        else TTiles.Launch<TProduct, T, bool, S>(packed, product);
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
