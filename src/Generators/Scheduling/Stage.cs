using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Scheduling;

/// <summary>What a stage does with a value that it computes.</summary>
internal enum ItemKind
{
    /// <summary>An elementwise value, stored if another stage or the outside needs it.</summary>
    Value,

    /// <summary>A reduction over exactly the inner axes: known within the stage once its pass is over.</summary>
    RowReduction,

    /// <summary>Any other reduction: accumulated in partial results, known after the stage.</summary>
    ColumnReduction,

    /// <summary>Adds to places named by an index.</summary>
    Scatter,
}

/// <summary>A value that a stage is responsible for.</summary>
internal sealed record Item(int Node, ItemKind Kind);

/// <summary>One launch, or a part of one.</summary>
/// <param name="Index">Its number in the partition, which it keeps.</param>
/// <param name="Items">What it computes; nothing if nobody reads that.</param>
internal abstract record Stage(int Index, IReadOnlyList<Item> Items)
{
    /// <summary>How it runs, in the words of the design.</summary>
    public abstract string Template { get; }

    /// <summary>Whether two are the same stage, at whatever point of scheduling.</summary>
    public virtual bool Equals(Stage? other) => other?.Index == Index;

    /// <inheritdoc/>
    public override int GetHashCode() => Index;
}

/// <summary>A contraction with its epilogue: the items, all over the root's axes.</summary>
internal sealed record ContractionStage(int Index, IReadOnlyList<Item> Items, int Root, Contraction Contraction) : Stage(Index, Items)
{
    /// <summary>Another contraction over the same rows, columns and terms, whose sums the epilogue takes as well.</summary>
    public (int Root, Contraction Contraction)? Beside { get; init; }

    /// <summary>The contraction, and the one beside it if there is one.</summary>
    public IReadOnlyList<(int Root, Contraction Contraction)> All =>
        Beside is { } beside ? new[] { (Root, Contraction), beside } : new[] { (Root, Contraction) };

    public override string Template => Beside is null ? "contraction" : "two contractions";

    public bool Equals(ContractionStage? other) => base.Equals(other);

    public override int GetHashCode() => base.GetHashCode();
}

/// <summary>A loop over a space of axes: outer axes in parallel, inner axes within a row, in one or more passes.</summary>
/// <param name="Index">Its number.</param>
/// <param name="Items">What it computes.</param>
/// <param name="Space">All its axes.</param>
/// <param name="Inner">The axes of a row, once a row reduction has fixed them; the vector axis last after scheduling.</param>
/// <param name="Outer">The other axes, slowest first; set by scheduling.</param>
internal sealed record LoopStage(
    int Index, IReadOnlyList<Item> Items, HashSet<string> Space, IReadOnlyList<string>? Inner, IReadOnlyList<string> Outer)
    : Stage(Index, Items)
{
    public bool IsScatter => Items.Any(i => i.Kind == ItemKind.Scatter);

    public override string Template => IsScatter ? "scatter" : Items.Any(i => i.Kind != ItemKind.Value) ? "row" : "pointwise";

    public bool Equals(LoopStage? other) => base.Equals(other);

    public override int GetHashCode() => base.GetHashCode();
}
