using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Lowering;

/// <summary>What a stage is given from outside.</summary>
internal abstract record Argument;

/// <summary>Where a place begins.</summary>
internal sealed record PlaceArgument(Place Place) : Argument;

/// <summary>The totals of what is added up in its place.</summary>
internal sealed record TotalsArgument(Place Place) : Argument;

/// <summary>The size of an axis.</summary>
internal sealed record SizeArgument(string Axis) : Argument;

/// <summary>A scalar of the launch.</summary>
internal sealed record ScalarArgument(string Name) : Argument;

/// <summary>A flag: 1 where it holds, else 0.</summary>
internal sealed record FlagArgument(string Name) : Argument;

/// <summary>The seed of random numbers.</summary>
internal sealed record SeedArgument(string Name) : Argument;

/// <summary>A stage that is part of this one.</summary>
/// <param name="Number">Which, from zero.</param>
internal sealed record PartArgument(int Number) : Argument;
