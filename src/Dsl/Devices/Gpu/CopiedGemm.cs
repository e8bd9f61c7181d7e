using System.Runtime.CompilerServices;

namespace MageDsl.Devices.Gpu;

/// <summary>Launches a product of whose operands some are computed first.</summary>
internal static class CopiedGemm<TStage, T, S>
    where TStage : struct, IGpuContraction<TStage, T>
    where T : unmanaged
    where S : struct, IScalar<T>
{
    /// <inheritdoc cref="GpuGemm.Run{TStage, T, S}(GpuDevice, TStage, ProductSizes, GpuProductForm, ProductPlan, GpuMatrix, GpuMatrix)"/>
    public static void Run(GpuDevice device, TStage stage, ProductSizes sizes, GpuProductForm form, ProductPlan plan)
    {
        var left = plan.PacksLeft ? Bytes(form.Left, sizes.Rows) : 0;
        var right = plan.PacksRight ? Bytes(form.Right, sizes.Columns) : 0;
        var leftSlot = GpuArena.Aligned((nint)left);
        using var arena = new GpuArena(device, leftSlot + right);
        var (leftCopy, rightCopy) = (default(CopiedOperand<T>), default(CopiedOperand<T>));
        if (plan.PacksLeft)
        {
            leftCopy = Place(form.Left, sizes.Rows, arena.At(0, left));
            OperandForms<TStage, T>.Left(form.Left, new Copying(device, stage, sizes, leftCopy));
        }
        if (plan.PacksRight)
        {
            rightCopy = Place(form.Right, sizes.Columns, arena.At(leftSlot, right));
            OperandForms<TStage, T>.Right(form.Right, new Copying(device, stage, sizes, rightCopy));
        }

        if (!plan.PacksRight) Multiply<Copied, NotCopied>();
        else if (!plan.PacksLeft) Multiply<NotCopied, Copied>();
        else Multiply<Copied, Copied>();

        void Multiply<TLeft, TRight>()
            where TLeft : struct, IIsCopied
            where TRight : struct, IIsCopied
            => GpuGemm.Multiply<CopiedProduct<TStage, T, S, TLeft, TRight>, T, S>(
                device, new() { Stage = stage, Left = leftCopy, Right = rightCopy }, sizes, form, plan);

        long Bytes(GpuOperandForm operand, int own) => (long)Unsafe.SizeOf<T>() * (operand.VariesByItem ? sizes.Batch : 1) * own * sizes.Terms;

        CopiedOperand<T> Place(GpuOperandForm operand, int own, GpuTemporary memory) => new()
        {
            Elements = memory.GpuView<T>(device), Item = operand.VariesByItem ? own * sizes.Terms : 0,
            Own = operand.IsAlongK ? sizes.Terms : 1, Term = operand.IsAlongK ? 1 : own,
        };
    }

    /// <summary>Computes an operand.</summary>
    private readonly record struct Copying(GpuDevice Device, TStage Stage, ProductSizes Sizes, CopiedOperand<T> To) : IOperandVisitor<TStage, T>
    {
        public void Visit<TOperand>()
            where TOperand : struct, IOperand<TStage, T>
        {
            if (TOperand.IsFour) Copy<TOperand, Quad<T>, Quad<bool>, Quads<T, S>>();
            else Copy<TOperand, T, bool, S>();
        }

        private void Copy<TOperand, V, M, L>()
            where TOperand : struct, IOperand<TStage, T>
            where V : unmanaged
            where M : unmanaged
            where L : struct, ILanes<T, V, M>
        {
            var own = TOperand.Count(Sizes);
            var copy = new CopyOperand<TStage, T, S, TOperand, V, M, L>
            {
                Stage = Stage, To = To.Elements, Dense = TOperand.IsAlongK ? Sizes.Terms : own, Others = TOperand.IsAlongK ? own : Sizes.Terms,
            };
            GpuLauncher.Elements(Device, copy, (nint)To.Elements.Length / L.Width);
        }
    }
}
