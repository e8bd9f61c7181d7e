using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace MageDsl.Devices.Gpu;

/// <summary>Launches products.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class GpuGemm
{
    /// <summary>A product of these sizes.</summary>
    /// <param name="device">The device.</param>
    /// <param name="stage">The operands.</param>
    /// <param name="batch">Items.</param>
    /// <param name="rows">Rows of the left operand.</param>
    /// <param name="columns">Columns of the right operand.</param>
    /// <param name="terms">What is summed over.</param>
    /// <param name="leftFours">Whether sizes are such that the left operand can be read by fours.</param>
    /// <param name="rightFours">The same of the right one.</param>
    /// <param name="storeFours">The same of a row of the result.</param>
    /// <param name="leftMatrix">Where the left operand lies, if it is read as it is.</param>
    /// <param name="rightMatrix">The same of the right one.</param>
    public static void Run<TStage, T, S>(
        GpuDevice device, TStage stage, nint batch, nint rows, nint columns, nint terms, bool leftFours, bool rightFours, bool storeFours,
        GpuMatrix leftMatrix = default, GpuMatrix rightMatrix = default)
        where TStage : struct, IGpuContraction<TStage, T>
        where T : unmanaged
        where S : struct, IScalar<T>
    {
        var sizes = ProductSizes.Checked(batch, rows, columns, terms);
        var form = TStage.Form;
        var (left, right) = (form.Left, form.Right);
        form = form with { Left = left with { IsFour = leftFours }, Right = right with { IsFour = rightFours }, StoreFours = storeFours };
        if (!device.TakesQuads) form = form.OneByOne;
        var kind = ProductTile.KindOf(device.Traits, device.Precision, typeof(T) == typeof(float));
        var words = (
            leftMatrix.Suits(kind, left.IsAlongK, sizes.Rows, sizes.Terms), rightMatrix.Suits(kind, right.IsAlongK, sizes.Columns, sizes.Terms));
        var plan = ProductPlan.Of(device.Traits, device.Precision, typeof(T) == typeof(float), sizes, form, words);
        Run<TStage, T, S>(device, stage, sizes, form, plan, leftMatrix, rightMatrix);
    }

    /// <summary>A product, in a way that was chosen for it.</summary>
    internal static void Run<TStage, T, S>(
        GpuDevice device, TStage stage, ProductSizes sizes, GpuProductForm form, ProductPlan plan, GpuMatrix leftMatrix = default,
        GpuMatrix rightMatrix = default)
        where TStage : struct, IGpuContraction<TStage, T>
        where T : unmanaged
        where S : struct, IScalar<T>
    {
        if (plan.IsPacked) PackedGemm<TStage, T, S>.Run(device, stage, sizes, form, plan, leftMatrix, rightMatrix);
        else if (!plan.PacksLeft && !plan.PacksRight) Multiply<TStage, T, S>(device, stage, sizes, form, plan);
        else CopiedGemm<TStage, T, S>.Run(device, stage, sizes, form, plan);
    }

    /// <summary>A product of operands as they are.</summary>
    internal static void Multiply<TStage, T, S>(GpuDevice device, TStage stage, ProductSizes sizes, GpuProductForm form, ProductPlan plan)
        where TStage : struct, IGpuContraction<TStage, T>
        where T : unmanaged
        where S : struct, IScalar<T>
    {
        if (plan.Shares == 1)
        {
            ProductLauncher<TStage, T, S>.Launch(device, stage, sizes, form, plan.Tile);
            return;
        }

        var bytes = (long)plan.Shares * sizes.Results * Unsafe.SizeOf<T>();
        using var arena = new GpuArena(device, bytes);
        var cut = CutProduct<TStage, T, S>.Of(stage, sizes, form, plan, arena.At(0, bytes).GpuView<T>(device));
        var parts = form with { StoreFours = device.TakesQuads && sizes.Columns % 4 == 0 };
        ProductLauncher<CutProduct<TStage, T, S>, T, S>.Launch(device, cut, cut.ShareSizes, parts, plan.Tile);
        GpuLauncher.Elements<CutProduct<TStage, T, S>, T, S>(device, cut, sizes.Results, form.StoreFours);
    }
}
