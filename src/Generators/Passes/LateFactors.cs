using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Analysis;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Passes;

/// <summary>
/// Takes out of a contraction what a whole row of an operand is divided by, if that is a sum over the row: what comes out is divided, once for each
/// of its elements. So the operand, the probabilities of attention, need not wait for the sum, and the row is gone through once less
/// (FlashAttention, arXiv 2205.14135, section 3.1).
/// </summary>
internal sealed class LateFactors
{
    private readonly Program program;
    private readonly Graph graph;
    private readonly Simplifier build;
    private readonly Finiteness finiteness;

    private LateFactors(Program program)
    {
        this.program = program;
        graph = new Graph(program.Graph);
        build = new Simplifier(graph) { Scalars = program.Scalars };
        finiteness = new Finiteness(graph, program.Scalars);
    }

    public static Program Run(Program program)
    {
        var factors = new LateFactors(program);
        var found = program.Reachable.Select(id => (Old: id, New: factors.Late(id))).Where(x => x.New is not null)
            .ToDictionary(x => x.Old, x => x.New!.Value);
        return found.Count == 0 ? program : factors.With(found);
    }

    private Program With(IReadOnlyDictionary<int, int> found)
    {
        var (into, values) = Rewriter.Exchange(graph, program.Scalars, program.Outputs.Select(o => o.Value).ToArray(), found);
        return program with { Graph = into, Outputs = program.Outputs.Select((o, i) => o with { Value = values[i] }).ToArray() };
    }

    /// <summary>The contraction with such divisions after it; null if it is none that has them.</summary>
    private int? Late(int id)
    {
        var node = graph[id];
        if (node.Op != Op.ReduceSum || ContractionShape.Of(graph, id) is null) return null;
        var operands = build.Factors(node.Args[0]);
        for (var i = 0; i < operands.Count; i++)
        {
            var factors = Factors.Of(build, operands[i], node.Over, guarded: true);
            if (!factors.Rest.Any(f => IsRowSum(f, factors.Parts, node.Over))) continue;
            var early = factors.Guards.Aggregate(factors.Varying(build), (value, guard) => guard.IsZeroWhereTrue
                ? build.Map(Op.Select, guard.Condition, build.Zero, value) : build.Map(Op.Select, guard.Condition, value, build.Zero));
            var product = build.Product(operands.Select((operand, number) => number == i ? early : operand));
            return factors.Rest.Aggregate(build.Sum(product, node.Over), (value, f) => Factors.Apply(build, value, f));
        }
        return null;
    }

    /// <summary>
    /// Whether it is the sum over a row of what it divides, or of a factor of that, and what it divides is finite before that, too.
    /// </summary>
    private bool IsRowSum(Factor factor, IReadOnlyList<int> parts, IReadOnlyList<string> over) =>
        factor.IsDivisor && graph[factor.Value] is { Op: Op.ReduceSum } sum && sum.Over.IsSameSetAs(over)
        && parts.Contains(sum.Args[0]) && parts.All(finiteness.IsFinite) && finiteness.IsPositive(factor.Value);
}
