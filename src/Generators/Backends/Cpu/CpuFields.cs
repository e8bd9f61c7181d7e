using System;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Lowering;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Backends.Cpu;

/// <summary>Arguments as fields of a struct.</summary>
internal static class CpuFields
{
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
        PlaceArgument a =>
            $"{Names.Tensor(a.Place.Buffer.Name)}.Pointer<{Element(a.Place)}>(){(StageFields.Offset(a.Place) is { } at ? $" + ({at})" : "")}",
        TotalsArgument a => $"{Names.Totals(a.Place.Buffer.Name)}.At({StageFields.Offset(a.Place) ?? "0"})",
        SizeArgument a => Sizes.Of(a.Axis),
        ScalarArgument a => Names.Parameter(a.Name),
        FlagArgument a => $"{Names.Parameter(a.Name)} ? 1d : 0d",
        SeedArgument a => $"unchecked((uint){Names.Parameter(a.Name)})",
        PartArgument a => code.Parts[a.Number].Initialiser(),
        _ => throw Unknown(argument),
    };

    private static string Element(Place place) => place.Buffer.Type == ValueType.Ids ? "int" : "T";

    private static ArgumentException Unknown(Argument argument) => new($"{argument} is no argument of a stage on the CPU");
}
