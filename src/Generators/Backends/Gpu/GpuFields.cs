using System;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Lowering;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Backends.Gpu;

/// <summary>Arguments of a stage as fields of what is handed to a device.</summary>
internal static class GpuFields
{
    public static string Type(Argument argument) => argument switch
    {
        PlaceArgument { Place.IsScratch: true } => "int",
        PlaceArgument a => View(Element(a.Place)),
        SizeArgument or FlagArgument => "int",
        ScalarArgument => "T",
        SeedArgument => "uint",
        _ => throw Unknown(argument),
    };

    /// <summary>Elements in the memory of a device.</summary>
    public static string View(string element) => $"global::ILGPU.ArrayView<{element}>";

    /// <summary>Where a launch takes it from: an expression over its locals.</summary>
    public static string Source(Argument argument) => argument switch
    {
        // Where in scratch, the row block says when it is known how many rows there are at a time.
        PlaceArgument { Place.IsScratch: true } => "0",
        PlaceArgument a =>
            $"{Names.Tensor(a.Place.Buffer.Name)}.{(a.Place.Buffer.IsShort ? "GpuShortView" : "GpuView")}<{Element(a.Place)}>(_device)" +
            $"{(StageFields.Offset(a.Place) is { } at ? $".SubView({at})" : "")}",
        SizeArgument a => $"(int){Sizes.Of(a.Axis)}",
        ScalarArgument a => $"S.Create({Names.Parameter(a.Name)})",
        FlagArgument a => $"{Names.Parameter(a.Name)} ? 1 : 0",
        SeedArgument a => $"unchecked((uint){Names.Parameter(a.Name)})",
        _ => throw Unknown(argument),
    };

    /// <summary>The field of the words beside an argument that is written.</summary>
    public static string Words(Place place) => $"w_{place.Name}";

    /// <summary>Where a launch takes them from.</summary>
    public static string WordsSource(Place place) => $"{Names.Tensor(place.Buffer.Name)}.GpuWordsBeside<{LaunchClass.Short}>(_device)";

    private static string Element(Place place) =>
        place.Buffer.Type == ValueType.Ids ? "int" : place.Buffer.IsShort ? LaunchClass.Short : "T";

    private static ArgumentException Unknown(Argument argument) => new($"{argument} is no argument of a stage on a device");
}
