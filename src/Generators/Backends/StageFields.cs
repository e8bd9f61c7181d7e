using System;
using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Lowering;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Backends;

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
            var name = Name(argument);
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

    /// <summary>The name of the field that an argument is.</summary>
    public static string Name(Argument argument) => argument switch
    {
        PlaceArgument a => Names.Pointer(a.Place),
        TotalsArgument a => $"t_{a.Place.Name}",
        SizeArgument a => Names.Size(a.Axis),
        ScalarArgument a => Names.Scalar(a.Name),
        FlagArgument a => Names.Scalar(a.Name),
        SeedArgument a => $"seed_{a.Name}",
        PartArgument a => $"part{a.Number + 1}",
        _ => throw new ArgumentException($"{argument} is no argument of a stage"),
    };

    /// <summary>Where in its buffer a place begins; null at the beginning.</summary>
    public static string? Offset(Place place) =>
        place.StackAxis.Length == 0 || place.Index == 0 ? null : $"{place.Index} * {Sizes.Product(place.Stride(place.StackAxis))}";
}
