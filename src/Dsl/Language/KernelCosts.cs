namespace MageDsl;

/// <summary>One launch of a compiled kernel, and what it has to do at least. Reals count as float32.</summary>
/// <param name="Template">How it is scheduled: <c>pointwise</c>, <c>row</c>, <c>contraction</c>, <c>row block</c> or <c>scatter</c>.</param>
/// <param name="Text">What it computes, for people.</param>
/// <param name="BytesRead">Bytes read from memory, each element once; of a table, what is looked up.</param>
/// <param name="BytesWritten">Bytes written to memory.</param>
/// <param name="Operations">Arithmetic operations; a multiply-add is two, a function what its approximation spends.</param>
/// <param name="BytesLive">Bytes of temporaries that hold something while it runs.</param>
public sealed record KernelStage(
    string Template, string Text, SizeFormula BytesRead, SizeFormula BytesWritten, SizeFormula Operations, SizeFormula BytesLive)
{
    /// <summary>Bytes read and written.</summary>
    public long Bytes(IReadOnlyDictionary<string, int> sizes) => BytesRead.At(sizes) + BytesWritten.At(sizes);
}

/// <summary>A tensor that a program makes and leaves.</summary>
/// <param name="Name">Its name: <c>result0</c>, <c>saved0</c>, <c>grad_x</c>, or the parameter that is written into.</param>
/// <param name="Bytes">Its size.</param>
public sealed record KernelBuffer(string Name, SizeFormula Bytes);

/// <summary>The launches of one pass of a kernel.</summary>
/// <param name="Stages">They, in order.</param>
/// <param name="Outputs">What they leave.</param>
public sealed record KernelProgram(IReadOnlyList<KernelStage> Stages, IReadOnlyList<KernelBuffer> Outputs)
{
    /// <summary>Bytes read and written by all stages.</summary>
    public long Bytes(IReadOnlyDictionary<string, int> sizes) => Stages.Sum(stage => stage.Bytes(sizes));

    /// <summary>Arithmetic operations of all stages.</summary>
    public long Operations(IReadOnlyDictionary<string, int> sizes) => Stages.Sum(stage => stage.Operations.At(sizes));

    /// <summary>
    /// The most memory that the pass needs at a time beside what it is given: its outputs, and the temporaries that hold something
    /// during the stage where these are largest.
    /// </summary>
    public long PeakBytes(IReadOnlyDictionary<string, int> sizes) =>
        Outputs.Sum(output => output.Bytes.At(sizes)) + Stages.Select(stage => stage.BytesLive.At(sizes)).DefaultIfEmpty().Max();
}

/// <summary>A kernel compiled for one setting of its bool parameters.</summary>
public sealed class KernelVariant
{
    /// <summary>The bool parameters that are true.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    /// <summary>The pass that runs when no tape is recording.</summary>
    public required KernelProgram Inference { get; init; }

    /// <summary>The pass that a tape records, if it keeps more than the results; else null.</summary>
    public KernelProgram? Saving { get; init; }

    /// <summary>The pass that a tape records.</summary>
    public KernelProgram Forward => Saving ?? Inference;

    /// <summary>The pass from the results' gradients to the arguments', or null.</summary>
    public KernelProgram? Backward { get; init; }

    /// <summary>What the forward pass keeps for the backward pass, beside results and arguments.</summary>
    public IEnumerable<KernelBuffer> Saved => Forward.Outputs.Skip(Inference.Outputs.Count);
}
