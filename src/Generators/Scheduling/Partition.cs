using System;
using System.Collections.Generic;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Scheduling;

/// <summary>A program cut into stages, before anything has a place.</summary>
/// <param name="Program">The program.</param>
/// <param name="Anchors">The values that some stage is responsible for.</param>
/// <param name="Stages">In an order in which they can run.</param>
/// <param name="StageOf">The stage that is responsible for a value.</param>
internal sealed record Partition(Program Program, Anchors Anchors, IReadOnlyList<Stage> Stages, IReadOnlyDictionary<int, int> StageOf)
{
    /// <summary>Stages that run together; those of one follow each other.</summary>
    public IReadOnlyList<RowBlock> Blocks { get; init; } = Array.Empty<RowBlock>();

    public Graph Graph => Program.Graph;
}
