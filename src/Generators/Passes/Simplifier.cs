using System;
using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Analysis;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Passes;

/// <summary>
/// Constructors of a graph that simplify as they build. Every pass builds through them, so that a simplification is written
/// once and holds everywhere. A value may come out with fewer axes than asked for, where it does not vary along them:
/// whoever consumes it broadcasts by name.
/// </summary>
internal sealed class Simplifier
{
    public Simplifier(Graph graph) => Graph = graph;

    public Graph Graph { get; }

    /// <summary>Set once derivatives are taken: a stop of gradients is the identity then, and gathers may go inside what they are of.</summary>
    public bool IsDerived { get; set; }

    /// <summary>The size of an axis where it is known, else 0: reductions over a few elements are written out.</summary>
    public System.Func<string, int> FixedSize { get; set; } = _ => 0;

    /// <summary>The scalars that the graph names.</summary>
    public LaunchScalars Scalars { get; set; } = LaunchScalars.None;

    public int Zero => Graph.Const(0);

    public int One => Graph.Const(1);

    private Node this[int id] => Graph[id];

    public bool IsConst(int id, double value) => this[id].Op == Op.Const && this[id].Type != ValueType.Bool && this[id].Number == value;

    public int Add(int a, int b) => Map(Op.Add, a, b);

    public int Mul(int a, int b) => Map(Op.Mul, a, b);

    public int Neg(int a) => Map(Op.Neg, a);

    /// <summary>Adds the node to the graph with new arguments, simplified.</summary>
    public int Rebuild(Node node, int[] args) => node.Op switch
    {
        _ when node.Facts.Kind == OpKind.Leaf => Graph.Intern(node with { Args = args.ToEquatable() }),
        _ when node.IsReduction => Reduce(node.Op, args[0], node.Over),
        Op.Gather => Gather(args[0], node.Over[0], args[1]),
        Op.ScatterAdd => ScatterAdd(args[0], args[1], node.Over[0], node.Axes),
        Op.View => View(args[0], node.Over[0], node.Map!),
        Op.Stack => Stack(node.Over[0], args, node.Axes),
        Op.Copy => Graph.Copy(args[0]),
        Op.Broadcast => Broadcast(args[0], node.Axes),
        _ => Map(node.Op, args),
    };

    public int Map(Op op, params int[] args)
    {
        if (args.All(a => this[a].Op == Op.Const) && Fold(op, args) is { } folded)
            return OpFacts.Of(op).IsCondition ? Graph.Const(folded != 0) : Graph.Const(folded);
        var a = args[0];
        var b = args.Length > 1 ? args[1] : -1;
        switch (op)
        {
            case Op.Add when IsConst(a, 0): return b;
            case Op.Add when IsConst(b, 0): return a;
            case Op.Add when this[b].Op == Op.Neg: return Map(Op.Sub, a, this[b].Args[0]);
            case Op.Add when this[a].Op == Op.Neg: return Map(Op.Sub, b, this[a].Args[0]);
            case Op.Add when this[a].Op == Op.Stack && this[b].Op == Op.Stack && this[a].Over.Equals(this[b].Over):
                return Stack(this[a].Over[0], this[a].Args.Zip(this[b].Args, Add).ToArray(), this[a].Axes);
            case Op.Sub when IsConst(b, 0): return a;
            case Op.Sub when IsConst(a, 0): return Neg(b);
            case Op.Sub when this[b].Op == Op.Neg: return Add(a, this[b].Args[0]);
            case Op.Mul when (IsConst(a, 0) && IsFinite(b)) || (IsConst(b, 0) && IsFinite(a)): return Zero;
            case Op.Mul when IsConst(a, 1): return b;
            case Op.Mul when IsConst(b, 1): return a;
            case Op.Mul when IsConst(a, -1): return Neg(b);
            case Op.Mul when IsConst(b, -1): return Neg(a);
            case Op.Mul when this[a].Op == Op.Neg: return Neg(Mul(this[a].Args[0], b));
            case Op.Mul when this[b].Op == Op.Neg: return Neg(Mul(a, this[b].Args[0]));
            case Op.Div when IsConst(b, 1): return a;
            case Op.Gate when IsConst(b, 0) || (IsConst(a, 0) && IsFinite(b)): return Zero;
            case Op.Gate when IsConst(a, 1): return b;
            case Op.Gate when IsConst(b, 1): return a;
            case Op.StopGradient when IsDerived: return a;
            case Op.Neg when this[a].Op == Op.Neg: return this[a].Args[0];
            case Op.Neg when this[a].Op == Op.Sub: return Map(Op.Sub, this[a].Args[1], this[a].Args[0]);
            case Op.Not when this[a].Op == Op.Not: return this[a].Args[0];
            case Op.And when this[a].Op == Op.Const: return this[a].Number != 0 ? b : a;
            case Op.And when this[b].Op == Op.Const: return this[b].Number != 0 ? a : b;
            case Op.Or when this[a].Op == Op.Const: return this[a].Number != 0 ? a : b;
            case Op.Or when this[b].Op == Op.Const: return this[b].Number != 0 ? b : a;
            case Op.Select when this[a].Op == Op.Not: return Map(Op.Select, this[a].Args[0], args[2], args[1]);
            case Op.Select when this[a].Op == Op.Const: return this[a].Number != 0 ? args[1] : args[2];
            case Op.Select when args[1] == args[2]: return args[1];
        }
        return Graph.Map(op, args);
    }

    /// <summary>Whether a value is a finite number whatever the arguments of the kernel are, so that zero times it is zero.</summary>
    private bool IsFinite(int id) => this[id].Type == ValueType.Ids || this[id].Op is Op.Size or Op.Random;

    private double? Fold(Op op, int[] args)
    {
        double A(int i) => this[args[i]].Number;
        return op switch
        {
            Op.Neg => -A(0),
            Op.Exp => Math.Exp(A(0)),
            Op.Log => Math.Log(A(0)),
            Op.Sqrt => Math.Sqrt(A(0)),
            Op.Rsqrt => 1 / Math.Sqrt(A(0)),
            Op.Abs => Math.Abs(A(0)),
            Op.Floor => Math.Floor(A(0)),
            Op.StopGradient => A(0),
            Op.Add => A(0) + A(1),
            Op.Sub => A(0) - A(1),
            Op.Mul => A(0) * A(1),
            Op.Div => A(0) / A(1),
            Op.Min => Math.Min(A(0), A(1)),
            Op.Max => Math.Max(A(0), A(1)),
            Op.Pow => Math.Pow(A(0), A(1)),
            Op.Less => A(0) < A(1) ? 1 : 0,
            Op.LessEqual => A(0) <= A(1) ? 1 : 0,
            Op.Equal => A(0) == A(1) ? 1 : 0,
            Op.And => A(0) * A(1),
            Op.Or => Math.Max(A(0), A(1)),
            Op.Not => 1 - A(0),
            _ => null,
        };
    }

    public int Sum(int arg, IEnumerable<string> over) => Reduce(Op.ReduceSum, arg, over.ToArray());

    /// <summary>A reduction; axes that the argument lacks count as broadcast.</summary>
    public int Reduce(Op op, int arg, IReadOnlyList<string> over)
    {
        var node = this[arg];
        var absent = over.Where(a => !node.Axes.Contains(a)).ToArray();
        if (absent.Length > 0)
        {
            if (OpFacts.Of(op).IsPosition) return Graph.Reduce(op, Broadcast(arg, absent), over);
            var rest = Reduce(op, arg, over.Where(node.Axes.Contains).ToArray());
            return op == Op.ReduceSum ? absent.Aggregate(rest, (value, axis) => Mul(value, Graph.Size(axis))) : rest;
        }
        if (over.Count == 0) return arg;
        if (IsFew(op, node, over)) return WriteOut(op, arg, over);
        if (op != Op.ReduceSum) return Graph.Reduce(op, arg, over);

        // A sum is linear: what does not vary along its axes goes outside, so that contractions show.
        bool Varies(int id) => this[id].Axes.Any(over.Contains);
        switch (node.Op)
        {
            case Op.Neg: return Neg(Sum(node.Args[0], over));
            case Op.ReduceSum:
                // The sum of a contraction over an axis that some factor lacks: that sum first, else a contraction becomes one big reduction.
                var inner = Factors(node.Args[0]);
                return inner.All(Varies)
                    ? Sum(node.Args[0], over.Concat(node.Over))
                    : Sum(Mul(Sum(Product(inner.Where(Varies)), over), Product(inner.Where(f => !Varies(f)))), node.Over);
            case Op.Div when !Varies(node.Args[1]): return Map(Op.Div, Sum(node.Args[0], over), node.Args[1]);
            case Op.Select when !Varies(node.Args[0]) && IsConst(node.Args[2], 0): return Map(Op.Select, node.Args[0], Sum(node.Args[1], over), Zero);
            case Op.Select when !Varies(node.Args[0]) && IsConst(node.Args[1], 0): return Map(Op.Select, node.Args[0], Zero, Sum(node.Args[2], over));
            case Op.Mul:
                var factors = Factors(arg);
                var constant = factors.Where(f => !Varies(f)).ToArray();
                if (constant.Length == 0) break;
                return Mul(Sum(Product(factors.Where(Varies)), over), Product(constant));
        }
        return Graph.Reduce(op, arg, over);
    }

    /// <summary>At most four elements, of something that is not a product: that may be a contraction.</summary>
    private bool IsFew(Op op, Node node, IReadOnlyList<string> over) =>
        op is Op.ReduceSum or Op.ReduceMax or Op.ReduceMin && node.Op != Op.Mul && over.Count < node.Axes.Count
        && over.All(a => FixedSize(a) is > 0 and <= 4) && over.Aggregate(1L, (n, a) => n * FixedSize(a)) <= 4;

    private int WriteOut(Op op, int arg, IReadOnlyList<string> over)
    {
        IEnumerable<int> elements = new[] { arg };
        foreach (var axis in over)
        {
            elements = elements.SelectMany(e => Enumerable.Range(0, FixedSize(axis)).Select(i => View(e, axis, new AxisMap(default, i, 1, false))))
                .ToArray();
        }
        return elements.Aggregate((a, b) => Map(op == Op.ReduceSum ? Op.Add : op == Op.ReduceMax ? Op.Max : Op.Min, a, b));
    }

    /// <summary>The factors of a product.</summary>
    public List<int> Factors(int id) => ContractionShape.Factors(Graph, id);

    public int Product(IEnumerable<int> factors)
    {
        var product = -1;
        foreach (var factor in factors) product = product < 0 ? factor : Mul(product, factor);
        return product < 0 ? One : product;
    }

    public int Gather(int table, string axis, int at)
    {
        if (!Varies(table)) return table;
        // Of a few elements: these are computed of those of the inputs, and the others are not stored for it.
        var isOfFew = IsDerived && this[at].Axes.All(this[table].Axes.Contains) && IsOfInputs(table, new HashSet<int>());
        return isOfFew ? Rewriter.Rebuild(Graph.Nodes, Graph.Origins, new[] { table }, this, Leaf)[0] : Graph.Gather(table, axis, at);

        bool Varies(int id) => this[id].Axes.Contains(axis);

        bool IsOfInputs(int id, HashSet<int> seen) => !Varies(id) || !seen.Add(id) || this[id].Op == Op.Input
            || (this[id].Facts.Kind == OpKind.Elementwise && this[id].Op is not (Op.Copy or Op.Broadcast)
                && this[id].Args.All(a => IsOfInputs(a, seen)));

        int? Leaf(int id) => !Varies(id) ? id : this[id].Op == Op.Input ? Graph.Gather(id, axis, at) : null;
    }

    public int ScatterAdd(int value, int at, string axis, IEnumerable<string> axes)
    {
        if (IsConst(value, 0)) return Zero;
        // Everything the sum runs over, and everything the result spans, must be in the value.
        var wanted = this[at].Axes.Concat(axes.Where(a => a != axis)).Distinct();
        return Graph.ScatterAdd(Broadcast(value, wanted), at, axis, axes);
    }

    public int View(int arg, string axis, AxisMap map)
    {
        if (this[arg].Op == Op.Const && (IsConst(arg, 0) || !map.Checked)) return arg;
        if (!this[arg].Axes.Contains(axis))
        {
            if (!map.Checked) return arg;
            arg = Broadcast(arg, new[] { axis });
        }
        if (map.Terms.Count == 0 && map.IsFromEnd && FixedSize(axis) is > 0 and var size) map = map with { Offset = map.Place(size) };
        var node = this[arg];
        // Picking a component of a stack is that component.
        if (node.Op == Op.Stack && node.Over[0] == axis && map.Terms.Count == 0) return node.Args[map.Place(node.Args.Count)];
        if (IsDiagonal(node, axis, map))
        {
            // The adjoint of a window reads each element once, so it may go inside: the adjoint of a convolution becomes a convolution.
            if (node.Op == Op.ReduceSum && !map.Terms.Any(t => node.Over.Contains(t.Axis))) return Sum(View(node.Args[0], axis, map), node.Over);
            if (node.Op == Op.Mul) return Product(Factors(arg).Select(f => this[f].Axes.Contains(axis) ? View(f, axis, map) : f));
        }
        return Graph.View(arg, axis, map);
    }

    /// <summary>
    /// Whether a view reads along a diagonal of its argument: an axis of the map is one that the argument has beside the one that is read.
    /// </summary>
    private static bool IsDiagonal(Node node, string axis, AxisMap map) =>
        map.Terms.Any(t => t.Axis != axis && node.Axes.Contains(t.Axis));

    public int Stack(string axis, IReadOnlyList<int> parts, IEnumerable<string> axes) =>
        parts.All(p => IsConst(p, 0)) ? Zero : Graph.Stack(axis, parts, axes);

    /// <summary>The value spread over axes that it lacks, for the few operations that cannot broadcast by themselves.</summary>
    public int Broadcast(int arg, IEnumerable<string> axes) => Graph.Broadcast(arg, axes);
}
