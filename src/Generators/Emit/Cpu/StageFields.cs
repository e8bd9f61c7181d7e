using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Emit.Cpu;

/// <summary>What a stage needs from outside, gathered while its code is written: pointers, sizes and scalars become its fields.</summary>
internal sealed class StageFields
{
    private readonly SortedDictionary<string, (string Type, string Source)> fields = new(System.StringComparer.Ordinal);

    /// <summary>Name, C# type and where the launch takes it from, for every field.</summary>
    public IEnumerable<(string Name, string Type, string Source)> All => fields.Select(f => (f.Key, f.Value.Type, f.Value.Source));

    public HashSet<Place> Places { get; } = new();

    public string Pointer(Place place)
    {
        Places.Add(place);
        var type = place.Buffer.Type == ValueType.Ids ? "int*" : "T*";
        var offset = Offset(place) is { Length: > 0 } there ? $" + ({there})" : "";
        // Scratch belongs to the worker that runs the stage, which sets the pointer.
        fields[Names.Pointer(place)] = (type, place.IsScratch ? "null" : $"{Names.Tensor(place.Buffer.Name)}.Pointer<{type.TrimEnd('*')}>(){offset}");
        return Names.Pointer(place);
    }

    /// <summary>The totals of what is added up in its place.</summary>
    public string Totals(Place place)
    {
        fields[$"t_{place.Name}"] = ("double*", $"{Names.Totals(place.Buffer.Name)}.At({(Offset(place) is { Length: > 0 } offset ? offset : "0")})");
        return $"t_{place.Name}";
    }

    /// <summary>Where in its buffer a place begins; empty at the beginning.</summary>
    private static string Offset(Place place) => place.StackAxis.Length == 0 || place.Index == 0 ? "" : $"{place.Index} * {Sizes.Product(place.Stride(place.StackAxis))}";

    /// <summary>A stage that is part of this one; what it needs from outside counts here, too.</summary>
    public string Part(StageCode part, int number)
    {
        Places.UnionWith(part.Fields.Places);
        fields[$"part{number}"] = ($"{part.Name}<T>", part.Initialiser());
        return $"part{number}";
    }

    public string Size(string axis)
    {
        fields[Names.Size(axis)] = ("nint", Sizes.Of(axis));
        return Names.Size(axis);
    }

    public string Scalar(string name)
    {
        fields[Names.Scalar(name)] = ("double", Names.Parameter(name));
        return Names.Scalar(name);
    }

    /// <summary>1 where a flag holds, else 0.</summary>
    public string Flag(string name)
    {
        fields[Names.Scalar(name)] = ("double", $"{Names.Parameter(name)} ? 1d : 0d");
        return Names.Scalar(name);
    }

    public string Seed(string name)
    {
        fields[$"seed_{name}"] = ("uint", $"unchecked((uint){Names.Parameter(name)})");
        return $"seed_{name}";
    }

    /// <summary>The product of sizes, as an expression over fields.</summary>
    public string Product(IEnumerable<string> axes)
    {
        var sizes = axes.Select(Size).ToArray();
        return sizes.Length == 0 ? "1" : string.Join(" * ", sizes);
    }
}

/// <summary>Names of things in generated code.</summary>
internal static class Names
{
    /// <summary>An axis as part of an identifier, that no other axis has: names of axes begin with a letter.</summary>
    public static string Axis(string axis) => axis.Replace("...", "0").Replace("*", "__");

    /// <summary>The size of an axis. The underscore keeps it apart from parameters, with which it shares methods.</summary>
    public static string Size(string axis) => $"_n_{Axis(axis)}";

    /// <summary>The loop variable of an axis.</summary>
    public static string Variable(string axis) => $"i_{Axis(axis)}";

    public static string Pointer(Place place) => $"p_{place.Name}";

    public static string Tensor(string buffer) => $"@{buffer}";

    /// <summary>The totals of a buffer that a launch adds to.</summary>
    public static string Totals(string buffer) => $"_totals_{buffer}";

    public static string Parameter(string name) => $"@{name}";

    public static string Scalar(string name) => $"s_{name}";
}

/// <summary>Sizes as expressions over the launch's locals, one int per original axis. Products are native integers: tensors may pass 2^31 elements.</summary>
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
