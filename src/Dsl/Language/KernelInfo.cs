using System.Reflection;

namespace MageDsl;

/// <summary>
/// What a compiled kernel says about itself: its signature, how it was compiled, its definition and its launcher. The
/// generator writes one for every kernel and registers it with <see cref="KernelRegistry"/>.
/// </summary>
public sealed class KernelInfo
{
    /// <summary>Class and method, as <c>Normalization.LayerNorm</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The class of the definition and of the compiled overload; null for a kernel that the compiler did not make.</summary>
    public Type? Owner { get; init; }

    /// <summary>The IR as the parser left it, from which the compiler can compile the kernel again; empty without an <see cref="Owner"/>.</summary>
    public string Ir => Owner?.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
        .Where(method => Name.EndsWith("." + method.Name, StringComparison.Ordinal))
        .Select(method => method.GetCustomAttribute<KernelIrAttribute>()?.Text)
        .FirstOrDefault(text => text is not null) ?? "";

    /// <summary>The parameters, in order.</summary>
    public required IReadOnlyList<KernelParameter> Parameters { get; init; }

    /// <summary>The layout of each result.</summary>
    public required IReadOnlyList<string> Results { get; init; }

    /// <summary>What it was compiled for: <c>cpu</c>, and <c>gpu</c> for the devices that ILGPU drives.</summary>
    public IReadOnlyList<string> Targets { get; init; } = ["cpu"];

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

    /// <summary>
    /// One for each setting of the bool parameters, all false first, all true last: launches, and what they cost. Empty for a kernel that
    /// the compiler did not make.
    /// </summary>
    public IReadOnlyList<KernelVariant> Variants { get; init; } = [];

    /// <summary>How sizes follow that no argument has.</summary>
    public IReadOnlyList<KernelSizeRule> Rules { get; init; } = [];

    /// <summary>The launches of the forward pass, all bool parameters being true.</summary>
    public IReadOnlyList<KernelStage> ForwardStages => Variants.Count == 0 ? [] : Variants[^1].Forward.Stages;

    /// <summary>The launches of the backward pass, all bool parameters being true.</summary>
    public IReadOnlyList<KernelStage> BackwardStages => Variants.Count == 0 ? [] : Variants[^1].Backward?.Stages ?? [];

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

    /// <summary>The sizes of all axes: the given ones, those that the layouts fix, and those that follow by <see cref="Rules"/>.</summary>
    /// <param name="given">Sizes of axes that the layouts leave open.</param>
    public IReadOnlyDictionary<string, int> Sizes(IReadOnlyDictionary<string, int> given)
    {
        var sizes = new Dictionary<string, int>(given);
        var layouts = Parameters.Where(p => p.IsTensor).Select(p => p.Layout).Concat(Results);
        foreach (var axis in layouts.SelectMany(layout => TensorLayout.Parse(layout).Axes).Where(axis => axis.Fixed > 0))
        {
            sizes.TryAdd(axis.Name, axis.Fixed);
        }
        // A rule may build on another's axis.
        while (Rules.Any(rule => !sizes.ContainsKey(rule.Axis) && rule.Size(sizes) is { } size && sizes.TryAdd(rule.Axis, size)))
        {
        }
        return sizes;
    }

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
