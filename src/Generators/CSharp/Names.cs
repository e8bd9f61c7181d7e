using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Lowering;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.CSharp;

/// <summary>Names of things in generated code.</summary>
internal static class Names
{
    /// <summary>An axis as part of an identifier, that no other axis has: names of axes begin with a letter.</summary>
    public static string Axis(string axis) => axis.Replace("...", "0").Replace("*", "__");

    /// <summary>The size of an axis. The underscore keeps it apart from parameters, with which it shares methods.</summary>
    public static string Size(string axis) => $"_n_{Axis(axis)}";

    /// <summary>The loop variable of an axis.</summary>
    public static string Variable(LoopVariable variable) => $"i_{Axis(variable.Axis)}";

    public static string Pointer(Place place) => $"p_{place.Name}";

    public static string Tensor(string buffer) => $"@{buffer}";

    /// <summary>The totals of a buffer that a launch adds to.</summary>
    public static string Totals(string buffer) => $"_totals_{buffer}";

    public static string Parameter(string name) => $"@{name}";

    public static string Scalar(string name) => $"s_{name}";
}

/// <summary>
/// Sizes as expressions over the launch's locals, one int per original axis. Products are native integers: tensors may pass 2^31 elements.
/// </summary>
internal static class Sizes
{
    /// <summary>The size of an axis, which may be a product of merged ones.</summary>
    public static string Of(string axis) => Product(new[] { axis });

    /// <summary>The size of an axis as a dimension of a tensor, which is an int.</summary>
    public static string Dimension(string axis)
    {
        var sizes = axis.Split('*').Select(Names.Size).ToArray();
        return sizes.Length == 1 ? sizes[0] : $"checked({string.Join(" * ", sizes)})";
    }

    public static string Product(IEnumerable<string> axes)
    {
        var sizes = axes.SelectMany(a => a.Split('*')).Select(Names.Size).ToArray();
        return sizes.Length switch { 0 => "1", 1 => sizes[0], _ => $"((nint){string.Join(" * ", sizes)})" };
    }
}
