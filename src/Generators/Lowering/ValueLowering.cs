using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Lowering;

/// <summary>From the values of a graph to those of a stage: views become indices and bounds, reads become loads.</summary>
internal sealed class ValueLowering
{
    private readonly Schedule schedule;
    private readonly Stage stage;
    private readonly ValueTable table;
    private readonly LoopVariable? dense;
    private readonly Func<int, IndexEnvironment, Value?> atHand;
    private readonly Dictionary<(int, EquatableArray<Affine>, EquatableArray<Check>), Value> known = new();

    // The same in the same environment, which most values are seen in: cheaper than to compare what it says.
    private readonly Dictionary<(int, IndexEnvironment), Value> seen = new();

    /// <param name="schedule">Says what lies in memory.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="table">Its values so far.</param>
    /// <param name="dense">The variable along which it lies densely; null if it has no axis of its own.</param>
    /// <param name="atHand">What need not be computed, as it is known under another name; else null.</param>
    public ValueLowering(Schedule schedule, Stage stage, ValueTable table, LoopVariable? dense, Func<int, IndexEnvironment, Value?> atHand)
    {
        this.schedule = schedule;
        this.stage = stage;
        this.table = table;
        this.dense = dense;
        this.atHand = atHand;
    }

    private Graph Graph => schedule.Graph;

    /// <summary>The value where the environment says.</summary>
    public Value Of(int id, IndexEnvironment env) => Of(id, env, -1);

    /// <param name="id">The value.</param>
    /// <param name="env">Where.</param>
    /// <param name="user">The origin of what it is seen through, for what has none of its own: inputs and constants.</param>
    private Value Of(int id, IndexEnvironment env, int user)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (seen.TryGetValue((id, env), out var value)) return value;
        var origin = Graph[id].Args.Count > 0 ? Graph.Origins[id] : user;
        try
        {
            value = Lowered(id, Graph[id], env, origin);
            seen.Add((id, env), value);
            return value;
        }
        catch (IrException error) when (error.PassesBy(origin))
        {
            throw;
        }
    }

    private Value Lowered(int id, Node node, IndexEnvironment env, int origin)
    {
        if (atHand(id, env) is { } value) return value;
        if (schedule.IsRead(id, stage)) return Read(schedule.Places[id], env, origin);
        switch (node.Op)
        {
            case Op.Const or Op.Scalar or Op.Size: return table.Of(new Uniform(node), origin);
            case Op.Copy or Op.Broadcast: return Of(node.Args[0], env, origin);
            case Op.Index: return Position(env[node.Axes[0]], origin);
            case Op.Random: return Random(node, env, origin);
            case Op.View: return View(node, env, origin);
            case Op.Gather: return Gather(node, env, origin);
            case Op.StopGradient: throw new IrException("StopGradient left in a compiled program", "MDSL023");
        }
        var key = (id, env.Of(node.Axes), env.Checks);
        if (known.TryGetValue(key, out value)) return value;
        value = table.Of(Operation(node, node.Args.Select(a => Of(a, env)).ToArray()), origin);
        known.Add(key, value);
        return value;
    }

    private Computation Operation(Node node, Value[] args)
    {
        var isSumOfProduct = node.Op == Op.Add && Graph[node.Args[0]].Op == Op.Mul && args[0].Computation is Operation { Op: Op.Mul };
        if (isSumOfProduct) return new MultiplyAdd(args[0], args[1]);
        var dividesManyByOne = node.Op == Op.Div && args[1].Level < args[0].Level;
        return dividesManyByOne
            ? new Operation(Op.Mul, EquatableArray.Of(args[0], table.Of(new Reciprocal(args[1]))))
            : new Operation(node.Op, args.ToEquatable());
    }

    /// <remarks>Where the division leaves a rest, nothing is read.</remarks>
    private Value Position(Affine index, int origin)
    {
        var dividend = table.Of(new Position(index with { Divisor = 1 }), origin);
        if (index.Divisor == 1) return dividend;
        var divisor = table.Of(new Uniform(new Node(Op.Const, ValueType.Real, default, default, Number: index.Divisor)));
        return table.Of(new Operation(Op.Div, EquatableArray.Of(dividend, divisor)), origin);
    }

    private Value Random(Node node, IndexEnvironment env, int origin)
    {
        var seed = Graph[node.Args[0]];
        if (seed.Op is not (Op.Scalar or Op.Const or Op.Size)) throw new IrException("the seed of Random is no scalar", "MDSL023");
        return table.Of(new RandomNumber(seed, (uint)node.Number, Access.Of(node.Axes, env)), origin);
    }

    private Value View(Node node, IndexEnvironment env, int origin)
    {
        var isComputed = !IsPlainRead(node.Args[0]);
        var inner = env.Through(node.Over[0], node.Map!, masked: isComputed);
        var value = Of(node.Args[0], inner, origin);
        // What is computed from zeros need not be zero: outside the argument the view is.
        return node.Map!.Checked && isComputed ? table.Of(new Masked(new Bound(inner[node.Over[0]], node.Over[0]), value), origin) : value;
    }

    /// <summary>Reads that answer zero outside by themselves.</summary>
    private bool IsPlainRead(int id) => schedule.IsRead(id, stage) || (Graph[id].Op == Op.View && IsPlainRead(Graph[id].Args[0]));

    private Value Read(Place place, IndexEnvironment env, int origin)
    {
        var variables = new HashSet<Variable>(place.Axes.SelectMany(a => env[a].Terms).Select(t => t.Variable));
        var checks = env.Checks.Where(c => !c.IsMasked || c.Bound.Index.Terms.Any(t => variables.Contains(t.Variable)));
        return table.Of(new Load(place, Access.Of(place, env), checks.Select(c => c.Bound).Distinct().ToEquatable()), origin);
    }

    private Value Gather(Node node, IndexEnvironment env, int origin)
    {
        var index = Index(node.Args[1], node.Over[0], env);
        if (IsLookedUpAlongDense(index) && !IsPlainRead(node.Args[0])) throw new IrException("Gather from a value that is not in memory", "MDSL023");
        return Of(node.Args[0], env.With(node.Over[0], index), origin);
    }

    /// <summary>Whether every element along the dense axis has an index of its own.</summary>
    public bool IsLookedUpAlongDense(Affine index) => index.Terms.Any(t => t.Variable is Lookup lookup && lookup.Access.Varies(dense));

    /// <summary>What an index is along the axis that it goes to: a position, or looked up.</summary>
    public Affine Index(int id, string axis, IndexEnvironment env)
    {
        while (Graph[id].Op == Op.View && !schedule.IsRead(id, stage))
        {
            env = env.Through(Graph[id].Over[0], Graph[id].Map!);
            id = Graph[id].Args[0];
        }
        if (Graph[id].Op == Op.Index) return env[Graph[id].Axes[0]];
        var access = Access.Of(schedule.Places[id], env);
        var bounds = env.Checks.Select(c => c.Bound).Where(b => access.Varies(dense) || b.Index.Scale(dense) == 0);
        return Affine.Of(new Lookup(schedule.Places[id], access, bounds.ToEquatable(), axis));
    }
}
