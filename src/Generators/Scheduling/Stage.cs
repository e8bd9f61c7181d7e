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

/// <summary>One launch.</summary>
internal abstract class Stage
{
    protected Stage(int index) => Index = index;

    public int Index { get; }

    public List<Item> Items { get; } = new();

    public abstract string Template { get; }
}

/// <summary>A contraction with its epilogue: the items, all over the root's axes.</summary>
internal sealed class ContractionStage : Stage
{
    public ContractionStage(int index, int root, Contraction contraction) : base(index)
    {
        Root = root;
        Contraction = contraction;
    }

    public int Root { get; }

    public Contraction Contraction { get; set; }

    public override string Template => "contraction";
}

/// <summary>A loop over a space of axes: outer axes in parallel, inner axes within a row, in one or more passes.</summary>
internal sealed class LoopStage : Stage
{
    public LoopStage(int index, IEnumerable<string> space) : base(index) => Space = new HashSet<string>(space);

    public HashSet<string> Space { get; }

    /// <summary>The axes of a row, once a row reduction has fixed them; the vector axis last after scheduling.</summary>
    public List<string>? Inner { get; set; }

    /// <summary>The other axes, slowest first; set by scheduling.</summary>
    public List<string> Outer { get; set; } = new();

    public bool IsScatter => Items.Any(i => i.Kind == ItemKind.Scatter);

    public override string Template => IsScatter ? "scatter" : Items.Any(i => i.Kind != ItemKind.Value) ? "row" : "pointwise";
}
