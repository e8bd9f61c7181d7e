using System.Collections.Generic;

namespace MageDsl.Generators.Ir;

/// <summary>A parameter: <see cref="Layout"/> for tensors, <see cref="SizeOf"/> for sizes, <see cref="Default"/> as C# text or empty.</summary>
internal sealed record ParameterModel(string Name, KernelParameterKind Kind, Layout? Layout = null, string SizeOf = "", string Default = "");

/// <summary>
/// A result: its layout, the value, the parameter whose memory it takes, or empty, and its name in the definition's tuple, or empty.
/// </summary>
internal sealed record ResultModel(Layout Layout, ValueType Type, int Value, string Into = "", string Name = "");

/// <summary>
/// A random node and the value whose axes it takes, so that a definition read back from its IR draws over the axes that its
/// arguments bring along, as the definition itself does; or an index or a size, and a parameter that it is taken of, where others have the axis, too.
/// </summary>
internal sealed record AxisLike(int Node, int Like);

/// <summary>
/// One kernel as the parser leaves it: everything the later passes need, nothing of Roslyn, comparable by value.
/// The bool parameters are still in the graph, as the conditions of selects. <see cref="Definition"/> is the
/// full name of the method it was read from ("global::MageDsl.Layers.Norms.LayerNorm"), also where it is compiled into another class.
/// </summary>
internal sealed record KernelModel(
    string Namespace,
    string TypeName,
    string Name,
    bool Fusion,
    bool Differentiable,
    EquatableArray<ParameterModel> Parameters,
    EquatableArray<ResultModel> Results,
    EquatableArray<Node> Nodes,
    EquatableArray<KernelSizeRule> Rules,
    EquatableArray<AxisLike> Likes,
    string Definition)
{
    /// <summary>What the author decided in place of the cost model.</summary>
    public KernelChoices Choices { get; init; } = KernelChoices.Auto;

    /// <summary>"Layers.LayerNorm"; of a class within another "Model.Layers.LayerNorm", as <see cref="TypeName"/> is then "Model.Layers".</summary>
    public string FullName => $"{TypeName}.{Name}";

    /// <summary>The class within the kernel's that holds all of its code but the overload; C# keeps such names for compilers.</summary>
    public static string Home(string kernel) => $"{kernel}__Kernel";
}
