using System.Linq;
using MageDsl.Generators.Analysis;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Passes;

/// <summary>
/// Finds the sums of a program that are contractions, and puts their operands together: products of several factors are nodes from here on.
/// </summary>
internal static class Contractions
{
    public static Program Run(Program program)
    {
        var graph = new Graph(program.Graph);
        var build = new Simplifier(graph);
        var shapes = ContractionShape.All(graph, program.Reachable);
        return program with { Graph = graph, Contractions = shapes.ToDictionary(s => s.Key, s => Of(build, s.Value)) };
    }

    /// <summary>A contraction with its operands in the graph.</summary>
    public static Contraction Of(Simplifier build, ContractionShape shape) =>
        new(build.Product(shape.Left), build.Product(shape.Right), shape.Batch, shape.Rows, shape.Columns, shape.K);
}
