namespace MageDsl.Devices.Gpu;

/// <summary>Something that is done with an operand, whose form is a type.</summary>
internal interface IOperandVisitor<TStage, T>
    where TStage : struct, IGpuContraction<TStage, T>
    where T : unmanaged
{
    /// <summary>Does it.</summary>
    void Visit<TOperand>()
        where TOperand : struct, IOperand<TStage, T>;
}

/// <summary>Operands by their forms: so each kernel has no other code than its own.</summary>
internal static class OperandForms<TStage, T>
    where TStage : struct, IGpuContraction<TStage, T>
    where T : unmanaged
{
    /// <summary>Does something with the left operand.</summary>
    public static void Left<TVisitor>(GpuOperandForm form, TVisitor visitor)
        where TVisitor : struct, IOperandVisitor<TStage, T>
    {
        switch (form.IsAlongK, form.IsFour)
        {
            case (true, true): visitor.Visit<LeftOperand<TStage, T, AlongK, FourAtOnce>>(); break;
            case (true, false): visitor.Visit<LeftOperand<TStage, T, AlongK, OneByOne>>(); break;
            case (false, true): visitor.Visit<LeftOperand<TStage, T, AlongOwn, FourAtOnce>>(); break;
            case (false, false): visitor.Visit<LeftOperand<TStage, T, AlongOwn, OneByOne>>(); break;
        }
    }

    /// <summary>Does something with the right operand.</summary>
    public static void Right<TVisitor>(GpuOperandForm form, TVisitor visitor)
        where TVisitor : struct, IOperandVisitor<TStage, T>
    {
        switch (form.IsAlongK, form.IsFour)
        {
            case (true, true): visitor.Visit<RightOperand<TStage, T, AlongK, FourAtOnce>>(); break;
            case (true, false): visitor.Visit<RightOperand<TStage, T, AlongK, OneByOne>>(); break;
            case (false, true): visitor.Visit<RightOperand<TStage, T, AlongOwn, FourAtOnce>>(); break;
            case (false, false): visitor.Visit<RightOperand<TStage, T, AlongOwn, OneByOne>>(); break;
        }
    }
}
