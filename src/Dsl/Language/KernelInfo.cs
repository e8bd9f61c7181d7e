namespace MageDsl;

/// <summary>
/// What a compiled kernel says about itself: its signature, how it was compiled, its definition and its launcher. The
/// generator writes one for every kernel and registers it with <see cref="KernelRegistry"/>.
/// </summary>
public sealed class KernelInfo
{
    /// <summary>Class and method, as <c>Normalization.LayerNorm</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The class that the kernel was compiled into; null for a description that was not generated.</summary>
    public Type? Class { get; init; }

    /// <summary>The parameters, in order.</summary>
    public required IReadOnlyList<KernelParameter> Parameters { get; init; }

    /// <summary>The layout of each result.</summary>
    public required IReadOnlyList<string> Results { get; init; }

    /// <summary>False if every primitive is a launch of its own.</summary>
    public bool Fused { get; init; } = true;

    /// <summary>Whether there is a backward pass.</summary>
    public bool Differentiable { get; init; } = true;

    /// <summary>For each result the parameter it is written into; empty if results are new tensors.</summary>
    public IReadOnlyList<string> Into { get; init; } = [];

    /// <summary>The simplified forward IR, as text.</summary>
    public string ForwardIr { get; init; } = "";

    /// <summary>The IR of the backward pass, as text; empty if there is none.</summary>
    public string BackwardIr { get; init; } = "";

    /// <summary>The launches of the forward pass.</summary>
    public IReadOnlyList<KernelStage> ForwardStages { get; init; } = [];

    /// <summary>The launches of the backward pass.</summary>
    public IReadOnlyList<KernelStage> BackwardStages { get; init; } = [];

    /// <summary>
    /// The definition itself, evaluated eagerly in float64. One argument per parameter: an <see cref="Expr"/> over the axes
    /// of its layout for a tensor, a boxed float, double, int or bool for a scalar. One value per result.
    /// </summary>
    public required Func<object[], Expr[]> Definition { get; init; }

    /// <summary>
    /// Launches the compiled kernel, recording it if a tape wants it. One argument per parameter: a <see cref="Tensor"/>,
    /// or a boxed scalar. One tensor per result; with <see cref="Into"/>, the parameters that were written.
    /// </summary>
    /// <exception cref="KernelArgumentException">An argument does not fit the signature.</exception>
    public required Func<object[], Tensor[]> Launch { get; init; }

    /// <summary>Name, parameters with layouts, and results.</summary>
    public override string ToString() =>
        $"{Name}({string.Join(", ", Parameters)}) -> {string.Join(", ", Results.Select(layout => $"[{layout}]"))}";
}

/// <summary>A parameter of a kernel.</summary>
/// <param name="Name">Its name in the definition.</param>
/// <param name="Kind">What it takes.</param>
/// <param name="Layout">The layout of a tensor; the axis of a size; otherwise empty.</param>
/// <param name="Default">The default of a scalar, boxed as its type; null if it has none.</param>
public sealed record KernelParameter(string Name, KernelParameterKind Kind, string Layout = "", object? Default = null)
{
    /// <summary>True for tensors, of reals or of ids.</summary>
    public bool IsTensor => Kind is KernelParameterKind.Tensor or KernelParameterKind.Ids;

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        KernelParameterKind.Tensor => $"{Name} [{Layout}]",
        KernelParameterKind.Ids => $"{Name} ids [{Layout}]",
        KernelParameterKind.Size => $"{Name} = size of {Layout}",
        _ => $"{Kind.ToString().ToLowerInvariant()} {Name}{(Default is null ? "" : $" = {Default}")}",
    };
}

/// <summary>What a kernel takes at a position.</summary>
public enum KernelParameterKind
{
    /// <summary>A tensor of reals.</summary>
    Tensor,

    /// <summary>A tensor of int32.</summary>
    Ids,

    /// <summary>A float.</summary>
    Float,

    /// <summary>A double.</summary>
    Double,

    /// <summary>An int.</summary>
    Int,

    /// <summary>A bool; the kernel is compiled once for each value.</summary>
    Bool,

    /// <summary>An int that gives the size of an axis.</summary>
    Size,
}

/// <summary>One launch of a compiled kernel.</summary>
/// <param name="Template">How it is scheduled: <c>pointwise</c>, <c>row</c>, <c>contraction</c> or <c>scatter</c>.</param>
/// <param name="Text">What it computes, for people.</param>
public sealed record KernelStage(string Template, string Text);
