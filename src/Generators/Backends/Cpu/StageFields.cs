using System;
using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Lowering;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Backends.Cpu;

/// <summary>The arguments that the code of a stage names, gathered while it is written: they become fields of its struct.</summary>
internal sealed class StageFields
{
    private readonly SortedDictionary<string, Argument> used = new(StringComparer.Ordinal);

    /// <summary>All that were named, in the order of their names.</summary>
    public IReadOnlyList<Argument> Arguments => used.Values.ToArray();

    /// <summary>The name of an argument.</summary>
    public string this[Argument argument]
    {
        get
        {
            var name = FieldText.Name(argument);
            used[name] = argument;
            return name;
        }
    }

    public string Pointer(Place place) => this[new PlaceArgument(place)];

    public string Size(string axis) => this[new SizeArgument(axis)];

    /// <summary>The product of sizes, as an expression over fields.</summary>
    public string Product(IEnumerable<string> axes)
    {
        var sizes = axes.Select(Size).ToArray();
        return sizes.Length == 0 ? "1" : string.Join(" * ", sizes);
    }
}

/// <summary>Arguments as fields of a struct.</summary>
internal static class FieldText
{
    public static string Name(Argument argument) => argument switch
    {
        PlaceArgument a => Names.Pointer(a.Place),
        TotalsArgument a => $"t_{a.Place.Name}",
        SizeArgument a => Names.Size(a.Axis),
        ScalarArgument a => Names.Scalar(a.Name),
        FlagArgument a => Names.Scalar(a.Name),
        SeedArgument a => $"seed_{a.Name}",
        PartArgument a => $"part{a.Number + 1}",
        _ => throw Unknown(argument),
    };

    public static string Type(Argument argument, StageCode code) => argument switch
    {
        PlaceArgument a => $"{Element(a.Place)}*",
        TotalsArgument => "double*",
        SizeArgument => "nint",
        ScalarArgument or FlagArgument => "double",
        SeedArgument => "uint",
        PartArgument a => $"{code.Parts[a.Number].Name}<T>",
        _ => throw Unknown(argument),
    };

    /// <summary>Where a launch takes it from: an expression over its locals.</summary>
    public static string Source(Argument argument, StageCode code) => argument switch
    {
        // Scratch belongs to the worker that runs the stage, which sets the pointer.
        PlaceArgument { Place.IsScratch: true } => "null",
        PlaceArgument a => $"{Names.Tensor(a.Place.Buffer.Name)}.Pointer<{Element(a.Place)}>(){(Offset(a.Place) is { } at ? $" + ({at})" : "")}",
        TotalsArgument a => $"{Names.Totals(a.Place.Buffer.Name)}.At({Offset(a.Place) ?? "0"})",
        SizeArgument a => Sizes.Of(a.Axis),
        ScalarArgument a => Names.Parameter(a.Name),
        FlagArgument a => $"{Names.Parameter(a.Name)} ? 1d : 0d",
        SeedArgument a => $"unchecked((uint){Names.Parameter(a.Name)})",
        PartArgument a => code.Parts[a.Number].Initialiser(),
        _ => throw Unknown(argument),
    };

    private static string Element(Place place) => place.Buffer.Type == ValueType.Ids ? "int" : "T";

    /// <summary>Where in its buffer a place begins; null at the beginning.</summary>
    private static string? Offset(Place place) =>
        place.StackAxis.Length == 0 || place.Index == 0 ? null : $"{place.Index} * {Sizes.Product(place.Stride(place.StackAxis))}";

    private static ArgumentException Unknown(Argument argument) => new($"{argument} is no argument of a stage on the CPU");
}
