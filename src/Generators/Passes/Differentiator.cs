using System;
using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Passes;

/// <summary>
/// Reverse mode as a rewrite of the graph: walks the nodes backwards, one rule per primitive, and returns the gradient of
/// every real input as a value of the same graph, in terms of the forward values and the outputs' gradients.
/// </summary>
internal sealed class Differentiator
{
    /// <summary>The longest axis whose parts get a gradient each: beyond, there would be more code than there is to do.</summary>
    private const int MostParts = 16;

    private readonly Simplifier build;
    private readonly Func<string, int> fixedSize;
    private readonly Func<string, string, bool> isRename;
    private readonly Adjoints reach;
    private readonly Dictionary<int, Adjoint> adjoints = new();
    private readonly HashSet<int> active = new();

    /// <param name="build">The graph to extend.</param>
    /// <param name="fixedSize">The size of an axis where the layouts fix it, else 0.</param>
    /// <param name="isRename">Whether the second axis is the first under another name, rather than a part of it.</param>
    public Differentiator(Simplifier build, Func<string, int> fixedSize, Func<string, string, bool> isRename)
    {
        this.build = build;
        reach = new Adjoints(build);
        this.fixedSize = fixedSize;
        this.isRename = isRename;
    }

    private Graph Graph => build.Graph;

    /// <summary>Gradients of the real inputs by name; an input that no gradient reaches is left out.</summary>
    public Dictionary<string, int> Run(IReadOnlyList<(int Value, int Gradient)> outputs)
    {
        var count = Graph.Nodes.Count;
        for (var id = 0; id < count; id++)
        {
            var node = Graph[id];
            if (node.Op == Op.Input ? node.Type == ValueType.Real : CarriesGradient(node) && node.Args.Any(active.Contains)) active.Add(id);
        }
        foreach (var (value, gradient) in outputs)
        {
            active.Remove(gradient);
            Contribute(value, new Adjoint(gradient));
        }
        var result = new Dictionary<string, int>();
        for (var id = count - 1; id >= 0; id--)
        {
            if (!active.Contains(id) || !adjoints.TryGetValue(id, out var adjoint)) continue;
            if (Graph[id].Op == Op.Input) result.Add(Graph[id].Name, reach.Settle(adjoint));
            else PropagateFrom(id, adjoint);
        }
        return result;
    }

    /// <summary>Values of these primitives are constants to the derivative, or stop it by request.</summary>
    private static bool CarriesGradient(Node node) =>
        node.Type == ValueType.Real && node.Facts.CarriesGradient;

    private void Contribute(int id, Adjoint gradient)
    {
        if (!active.Contains(id) || build.IsConst(gradient.Value, 0)) return;
        adjoints[id] = adjoints.TryGetValue(id, out var sum) ? reach.Add(sum, gradient) : gradient;
    }

    /// <summary>A gradient is computed where the value was written.</summary>
    private void PropagateFrom(int id, Adjoint gradient)
    {
        Graph.Origin = Graph.Origins[id];
        try
        {
            Propagate(id, gradient);
        }
        catch (IrException error) when (error.PassesBy(Graph.Origin))
        {
            throw;
        }
        Graph.Origin = -1;
    }

    private void Propagate(int id, Adjoint adjoint)
    {
        var node = Graph[id];
        var a = node.Args[0];
        switch (node.Op)
        {
            case Op.ReduceSum: Contribute(a, adjoint); break;
            case Op.ReduceMax or Op.ReduceMin: Contribute(a, Extremum(node, id, adjoint)); break;
            case Op.Gather: Contribute(a, GatherAdjoint(node, adjoint)); break;
            case Op.View: Contribute(a, ViewAdjoint(node, adjoint)); break;
            default:
                foreach (var contribution in ElementwiseDerivatives.Of(build, node, id, adjoint.Value))
                    if (active.Contains(contribution.Arg)) Contribute(contribution.Arg, reach.Pass(adjoint, node, contribution));
                break;
        }
    }

    /// <summary>
    /// Every element goes back to the place it was read from. Where each position along the other axes picks one element of its own (the logit
    /// of the right class), that is a comparison, which fuses; where several may pick the same, they have to be added up.
    /// </summary>
    private Adjoint GatherAdjoint(Node node, Adjoint adjoint)
    {
        var (table, at, axis) = (Graph[node.Args[0]], node.Args[1], node.Over[0]);
        return Graph[at].Axes.All(table.Axes.Contains)
            ? reach.Where(adjoint, Graph.Map(Op.Equal, Graph.Index(axis), at))
            : new Adjoint(build.ScatterAdd(build.Broadcast(reach.Settle(adjoint), node.Axes), at, axis, table.Axes), HasGaps: true);
    }

    /// <summary>
    /// Shared equally among equal extrema, so that the gradient of a sum of ties is right; where there is NaN, the NaNs are the extremum.
    /// </summary>
    private Adjoint Extremum(Node node, int id, Adjoint adjoint)
    {
        var isNumber = Graph.Map(Op.Equal, node.Args[0], node.Args[0]);
        var hit = build.Map(Op.Or, Graph.Map(Op.Equal, node.Args[0], id), build.Map(Op.Not, isNumber));
        var count = build.Sum(build.Map(Op.Select, hit, build.One, build.Zero), node.Over);
        return reach.Where(adjoint with { Value = build.Map(Op.Div, adjoint.Value, count) }, hit);
    }

    private Adjoint ViewAdjoint(Node node, Adjoint adjoint)
    {
        var axis = node.Over[0];
        var map = node.Map!;
        switch (map.Terms.Count)
        {
            case 0 when fixedSize(axis) == 1: return adjoint;
            case 0 when fixedSize(axis) is > 0 and <= MostParts and var size:
                var g = reach.Settle(adjoint);
                var parts = Enumerable.Range(0, size).Select(i => i == map.Place(size) ? g : build.Zero).ToArray();
                return new Adjoint(build.Stack(axis, parts, Graph[node.Args[0]].Axes), HasGaps: true);
            case 0:
                var place = Graph.Const(map.Offset);
                if (map.IsFromEnd) place = Graph.Map(Op.Add, Graph.Size(axis), place);
                return reach.Where(adjoint, Graph.Map(Op.Equal, Graph.Index(axis), place));
            case 1 when map.IsFromEnd:
                return new Adjoint(build.View(reach.Settle(adjoint), axis, map), HasGaps: adjoint.IsPartial);
            case 1 when map.Terms[0].Scale == 1 && map.Divisor == 1:
                var isSlice = !isRename(axis, map.Terms[0].Axis);
                var back = new AxisMap(EquatableArray.Of(new AxisTerm(axis, 1)), -map.Offset, 1, isSlice);
                return new Adjoint(build.View(reach.Settle(adjoint), map.Terms[0].Axis, back), HasGaps: isSlice || adjoint.IsPartial);
            case 2 when map.Divisor == 1:
                // An element of the argument was read by every position of the window that covers it, if there is one.
                var (outer, inner) = (map.Terms[0], map.Terms[1]);
                var whole = build.Broadcast(reach.Settle(adjoint), new[] { outer.Axis, inner.Axis });
                var inverse = new AxisMap(
                    EquatableArray.Of(new AxisTerm(axis, 1), new AxisTerm(inner.Axis, -inner.Scale)), -map.Offset, outer.Scale, true);
                return new Adjoint(
                    build.Sum(build.View(whole, outer.Axis, inverse), new[] { inner.Axis }), HasGaps: outer.Scale > 1 || adjoint.IsPartial);
            default:
                throw new IrException("this view has no derivative rule", "MDSL020");
        }
    }
}
