using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Analysis;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Passes;

/// <summary>
/// Makes every output, and every component of a stack, a computed value of its own over all axes of its place, so that a value
/// has one place to be stored in. Copies where it must.
/// </summary>
internal sealed class DistinctValues
{
    private readonly Graph graph = new();
    private readonly HashSet<int> taken = new();

    public static Program Run(Program program) => new DistinctValues().Rewrite(program);

    private Program Rewrite(Program program)
    {
        var rewritten = Rewriter.Rewrite(program, graph, (_, node) => graph.Intern(node.Op != Op.Stack ? node : node with
        {
            Args = node.Args.Select(a => Distinct(a, node.Axes.Where(x => x != node.Over[0]), isPart: true)).ToEquatable(),
        }));
        return rewritten with
        {
            Outputs = rewritten.Outputs.Select(o => o with { Value = Distinct(o.Value, o.Buffer.Axes, isPart: false) }).ToArray(),
        };
    }

    private int Distinct(int id, IEnumerable<string> axes, bool isPart)
    {
        id = graph.Broadcast(id, axes);
        var node = graph[id];
        if (node.Type == ValueType.Ids && (node.Args.Count == 0 || node.Op == Op.View || taken.Contains(id)))
            throw new IrException("a result of ids must be computed by the kernel, and be returned once", "MDSL029");
        var needsCopy = isPart && (node.Op == Op.Stack || (node.Facts.Combines && ContractionShape.Of(graph, id) is null));
        if (node.Args.Count == 0 || node.Op == Op.View || needsCopy || !taken.Add(id))
        {
            do id = graph.Copy(id);
            while (!taken.Add(id));
        }
        return id;
    }
}
