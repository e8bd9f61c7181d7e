using System;
using System.Collections.Generic;
using System.Linq;

namespace MageDsl.Generators.Ir;

/// <summary>
/// A graph under construction: nodes are interned, so that equal values are one node (common subexpressions merge by
/// themselves), and every node's axes and type are inferred and checked here and nowhere else.
/// </summary>
internal class Graph
{
    private readonly List<Node> nodes;
    private readonly Dictionary<Node, int> index;
    private readonly List<int> origins;

    public Graph()
    {
        nodes = new List<Node>();
        index = new Dictionary<Node, int>();
        origins = new List<int>();
    }

    /// <summary>A graph that goes on from another: the same nodes under the same numbers.</summary>
    public Graph(Graph other)
    {
        nodes = new List<Node>(other.nodes);
        index = new Dictionary<Node, int>(other.index);
        origins = new List<int>(other.origins);
    }

    public IReadOnlyList<Node> Nodes => nodes;

    /// <summary>For each node the number of the place that it was written at, or -1. Equal values keep the place of the first.</summary>
    public IReadOnlyList<int> Origins => origins;

    /// <summary>The origin of what is built next; -1 for that of what it is built from.</summary>
    public int Origin { get; set; } = -1;

    public Node this[int id] => nodes[id];

    public IReadOnlyList<string> Axes(int id) => nodes[id].Axes;

    /// <summary>Adds a node, or finds the equal one.</summary>
    public int Intern(Node node)
    {
        if (index.TryGetValue(node, out var id)) return id;
        id = nodes.Count;
        nodes.Add(node);
        index.Add(node, id);
        origins.Add(Origin >= 0 ? Origin : Inherited(node));
        return id;
    }

    private int Inherited(Node node)
    {
        foreach (var arg in node.Args)
            if (origins[arg] >= 0) return origins[arg];
        return -1;
    }

    public int Input(string name, ValueType type, IEnumerable<string> axes) =>
        Intern(new Node(Op.Input, type, axes.ToEquatable(), default, name));

    public int Scalar(string name, ValueType type) => Intern(new Node(Op.Scalar, type, default, default, name));

    public int Const(double value) => Intern(new Node(Op.Const, ValueType.Real, default, default, Number: value));

    public int Const(bool value) => Intern(new Node(Op.Const, ValueType.Bool, default, default, Number: value ? 1 : 0));

    /// <summary>A constant of C#, as <see cref="ScalarText"/> writes it.</summary>
    public int Literal(object value) => Intern(new Node(Op.Const, ScalarText.TypeOf(value), default, default, ScalarText.Literal(value)));

    /// <summary>A C# scalar as a value without axes; a constant is one.</summary>
    public int Lift(int scalar) => nodes[scalar] switch
    {
        { Op: Op.Const, Type: ValueType.Flag } flag => Const((bool)ScalarText.Value(flag)),
        { Op: Op.Const } constant => Const(Convert.ToDouble(ScalarText.Value(constant))),
        var node => Intern(new Node(Op.Lift, node.Type == ValueType.Flag ? ValueType.Bool : ValueType.Real, default, EquatableArray.Of(scalar))),
    };

    /// <summary>The size of an axis as C#'s int.</summary>
    public int SizeOf(string axis) => Intern(new Node(Op.Size, ValueType.Int, default, default, axis));

    public int Size(string axis) => Intern(new Node(Op.Size, ValueType.Real, default, default, axis));

    public int Index(string axis) => Intern(new Node(Op.Index, ValueType.Ids, EquatableArray.Of(axis), default));

    public int Random(IEnumerable<string> axes, int seed, int stream) =>
        Intern(new Node(Op.Random, ValueType.Real, axes.ToEquatable(), EquatableArray.Of(seed), Number: stream));

    /// <summary>Values are about to be combined along the axes that they share.</summary>
    public virtual void Meet(params int[] values)
    {
    }

    /// <summary>An elementwise operation; broadcasting is by name.</summary>
    public int Map(Op op, params int[] args)
    {
        Meet(args);
        var type = op switch
        {
            _ when OpFacts.Of(op).IsCondition => ValueType.Bool,
            Op.Select => nodes[args[1]].Type == nodes[args[2]].Type ? nodes[args[1]].Type : ValueType.Real,
            _ => ValueType.Real,
        };
        var wantsBool = OpFacts.Of(op).TakesConditions;
        for (var i = 0; i < args.Length; i++)
        {
            var isBool = nodes[args[i]].Type == ValueType.Bool;
            if (isBool != (wantsBool || (op == Op.Select && i == 0)) && !(op == Op.Select && i > 0))
            {
                throw new IrException(isBool
                    ? $"{op} takes numbers, but argument {i + 1} is a condition; use Select"
                    : $"{op} takes conditions, but argument {i + 1} is a number; compare it");
            }
        }
        var axes = new List<string>();
        foreach (var arg in args)
        {
            foreach (var axis in nodes[arg].Axes)
                if (!axes.Contains(axis)) axes.Add(axis);
        }

        return Intern(new Node(op, type, axes.ToEquatable(), args.ToEquatable()));
    }

    /// <summary>The same value as another node.</summary>
    public int Copy(int arg) => Intern(new Node(Op.Copy, nodes[arg].Type, nodes[arg].Axes, EquatableArray.Of(arg)));

    /// <summary>The value along axes that it lacks, too.</summary>
    public int Broadcast(int arg, IEnumerable<string> axes)
    {
        var all = nodes[arg].Axes.Concat(axes).Distinct().ToEquatable();
        return all.Count == nodes[arg].Axes.Count ? arg : Intern(new Node(Op.Broadcast, nodes[arg].Type, all, EquatableArray.Of(arg)));
    }

    public int Reduce(Op op, int arg, IReadOnlyList<string> over)
    {
        var node = nodes[arg];
        foreach (var axis in over)
            if (!node.Axes.Contains(axis)) throw Missing(axis, node, op.ToString());
        if (over.Count == 0) return arg;
        if (node.Type == ValueType.Bool) throw new IrException($"{op} takes numbers, not conditions; use Select");
        if (OpFacts.Of(op).IsPosition && over.Count != 1) throw new IrException($"{op} goes over one axis, not {over.Count}");
        var type = OpFacts.Of(op).IsPosition ? ValueType.Ids : op == Op.ReduceSum ? ValueType.Real : node.Type;
        var ordered = node.Axes.Where(over.Contains).ToEquatable();
        return Intern(new Node(op, type, node.Axes.Where(a => !over.Contains(a)).ToEquatable(), EquatableArray.Of(arg), Over: ordered));
    }

    public int Gather(int table, string axis, int at)
    {
        Meet(table, at);
        var node = nodes[table];
        if (!node.Axes.Contains(axis)) throw Missing(axis, node, "Gather");
        if (nodes[at].Type != ValueType.Ids) throw new IrException("Gather needs an index of ids (an [Ids] parameter, Index, ArgMax or ArgMin)");
        if (nodes[at].Axes.Contains(axis))
        {
            throw new IrException($"Gather: the index has the table's axis '{axis}' itself; give one of them another name with Rename");
        }
        var fresh = nodes[at].Axes.Where(a => !node.Axes.Contains(a)).ToArray();
        var axes = node.Axes.SelectMany(a => a == axis ? fresh : new[] { a });
        return Intern(new Node(Op.Gather, node.Type, axes.ToEquatable(), EquatableArray.Of(table, at), Over: EquatableArray.Of(axis)));
    }

    /// <summary>The adjoint of <see cref="Gather"/>: adds each element of value to the place its index names along axis.</summary>
    public int ScatterAdd(int value, int at, string axis, IEnumerable<string> resultAxes) =>
        Intern(new Node(Op.ScatterAdd, ValueType.Real, resultAxes.ToEquatable(), EquatableArray.Of(value, at), Over: EquatableArray.Of(axis)));

    /// <summary>Reads axis of the argument at the map's place; the map's axes take its position.</summary>
    public int View(int arg, string axis, AxisMap map)
    {
        var node = nodes[arg];
        if (!node.Axes.Contains(axis)) throw Missing(axis, node, "view");
        // A term may name an axis that the value has already (the adjoint of a window does): the two are then read in step.
        var others = node.Axes.Where(a => a != axis).ToArray();
        var axes = node.Axes.SelectMany(a => a == axis ? map.Terms.Select(t => t.Axis).Where(t => !others.Contains(t)) : new[] { a });
        return Intern(new Node(Op.View, node.Type, axes.ToEquatable(), EquatableArray.Of(arg), Over: EquatableArray.Of(axis), Map: map));
    }

    /// <summary>Components 0, 1, … along a new axis.</summary>
    public int Stack(string axis, IReadOnlyList<int> parts, IEnumerable<string> axes) =>
        Intern(new Node(Op.Stack, ValueType.Real, axes.ToEquatable(), parts.ToEquatable(), Over: EquatableArray.Of(axis)));

    private static IrException Missing(string axis, Node node, string what) =>
        new($"{what}: there is no axis '{axis}' in a value over [{string.Join(" ", node.Axes)}]");
}
