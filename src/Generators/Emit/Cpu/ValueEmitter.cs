using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Runtime.CompilerServices;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Emit.Cpu;

/// <summary>
/// Writes values of a stage as vector code. Each value goes to the outermost loop level where all it depends on is known,
/// once: so whatever does not vary along the vector axis leaves the inner loop by itself.
/// </summary>
internal sealed partial class ValueEmitter
{
    private readonly Schedule schedule;
    private readonly Stage stage;
    private readonly List<Level> levels = new();
    private readonly Dictionary<string, int> levelOf = new();

    // The operands of every product that was written, by its name.
    private readonly Dictionary<string, (string A, string B)> products = new();
    private readonly Dictionary<(string Stream, string Offset, string From), int> runs = new();
    private int counter;
    private int origin = -1;

    public ValueEmitter(Schedule schedule, Stage stage, StageFields fields)
    {
        this.schedule = schedule;
        this.stage = stage;
        Fields = fields;
    }

    public StageFields Fields { get; }

    /// <summary>The loop variable that lanes run along.</summary>
    public string Vector { get; set; } = "";

    /// <summary>How many lanes count: <c>S.Width</c>, or the rest of the axis.</summary>
    public string Lanes { get; set; } = "S.Width";

    public bool IsTail => Lanes != "S.Width";

    /// <summary>Values that the stage has at hand under a name: reductions of earlier passes.</summary>
    public Dictionary<int, string> Given { get; } = new();

    /// <summary>Reads a value that only the stage knows how to read: the sums of a contraction.</summary>
    public Func<int, IndexEnvironment, string?> Special { get; set; } = (_, _) => null;

    /// <summary>The names of where the vector loop begins and ends, known outside of it, and the most elements in between; empty where there is no such loop.</summary>
    public (string From, string End, string Most) Run { get; set; } = ("", "", "");

    /// <summary>Is told of every place that is read densely along the vector.</summary>
    public Action<Place, IndexEnvironment> Read { get; set; } = (_, _) => { };

    private Graph Graph => schedule.Graph;

    public Level Top => levels[levels.Count - 1];

    public IReadOnlyList<Level> Levels => levels;

    public Level Push(params string[] variables)
    {
        var level = new Level(levels.Count == 0 ? 2 : Top.Depth + 1, () => origin, variables);
        levels.Add(level);
        return level;
    }

    public Level Pop()
    {
        var level = Top;
        levels.RemoveAt(levels.Count - 1);
        return level;
    }

    /// <summary>A fresh name for a value that the stage declares itself, at the innermost level so far.</summary>
    public string Name(string prefix, int? level = null)
    {
        var name = $"{prefix}{++counter}";
        levelOf[name] = level ?? levels.Count - 1;
        return name;
    }

    /// <summary>The innermost level that knows all of the names.</summary>
    private int LevelOf(IEnumerable<string> names)
    {
        var result = 0;
        foreach (var name in names)
        {
            if (levelOf.TryGetValue(name, out var at)) result = Math.Max(result, at);
            for (var i = levels.Count - 1; i > result; i--)
                if (levels[i].Variables.Contains(name)) result = i;
        }
        return result;
    }

    /// <summary>Declares <c>type name = text</c> at the level its inputs allow, unless it is known there already.</summary>
    private string Declare(string prefix, string type, string text, IEnumerable<string> inputs)
    {
        var level = LevelOf(inputs);
        if (levels[level].Known.TryGetValue(text, out var known)) return known;
        var name = Name(prefix, level);
        levels[level].Line($"{type} {name} = {text};");
        levels[level].Known.Add(text, name);
        return name;
    }

    /// <summary>Declares a vector at the innermost level that the inputs allow.</summary>
    public string Declare(string text, params string[] inputs) => Vec(text, inputs);

    private string Vec(string text, params string[] inputs) => Declare("v", "V", text, inputs);

    private string Int(string text, IEnumerable<string> inputs) => Declare("o", "nint", text, inputs);

    public static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "double.PositiveInfinity" : double.IsNegativeInfinity(value) ? "double.NegativeInfinity" : double.IsNaN(value) ? "double.NaN"
        : value.ToString("R", CultureInfo.InvariantCulture) + "d";

    /// <summary>The name of a vector that is read from a place.</summary>
    public string Value(Place place, IndexEnvironment env) => Load(place, env);

    /// <summary>
    /// From here on lines belong to where a value was written; returns what <see cref="Leave"/> goes back to. Inputs and constants
    /// belong to who uses them.
    /// </summary>
    public int Enter(int id)
    {
        var before = origin;
        if (Graph[id].Args.Count > 0) origin = Graph.Origins[id];
        return before;
    }

    public void Leave(int before) => origin = before;

    /// <summary>The name of a vector that holds the value where the environment says.</summary>
    public string Value(int id, IndexEnvironment env)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var before = Enter(id);
        try
        {
            return Written(id, env);
        }
        catch (IrException error) when (error.PassesBy(origin))
        {
            throw;
        }
        finally
        {
            Leave(before);
        }
    }

    private string Written(int id, IndexEnvironment env)
    {
        if (Given.TryGetValue(id, out var given)) return given;
        if (Special(id, env) is { } special) return special;
        var node = Graph[id];
        if (schedule.IsRead(id, stage)) return Load(schedule.Places[id], env);
        switch (node.Op)
        {
            case Op.Const when node.Type == ValueType.Bool: return Vec($"S.Equal(S.Create(0d), S.Create({(node.Number != 0 ? "0d" : "1d")}))");
            case Op.Const: return Vec($"S.Create({Number(node.Number)})");
            case Op.Scalar when node.Type == ValueType.Bool: return Vec($"S.Less(S.Create(0d), S.Create({Fields.Flag(node.Name)}))");
            case Op.Scalar: return Vec($"S.Create({Fields.Scalar(node.Name)})");
            case Op.Size: return Vec($"S.Create((double)({Fields.Product(node.Name.Split('*'))}))");
            case Op.Copy or Op.Broadcast: return Value(node.Args[0], env);
            case Op.Index: return Index(env[node.Axes[0]]);
            case Op.Random: return Random(node, env);
            case Op.View: return View(node, env);
            case Op.Gather: return Gather(node, env);
        }
        // The memo is by value and place, because the text of an operation names its operands.
        var key = $"#{id}@{env.Key(node.Axes)}";
        for (var i = levels.Count - 1; i >= 0; i--)
            if (levels[i].Known.TryGetValue(key, out var known)) return known;
        var args = node.Args.Select(a => Value(a, env)).ToArray();
        var name = Vec(Operation(node, args), args);
        if (node.Op == Op.Mul) products[name] = (args[0], args[1]);
        levels[LevelOf(new[] { name })].Known[key] = name;
        return name;
    }

    private string Operation(Node node, string[] args)
    {
        // a * b + c in one rounding; the product is not computed twice unless others need it, and then the JIT drops what is unused.
        if (node.Op == Op.Add && Graph[node.Args[0]] is { Op: Op.Mul } product && !Given.ContainsKey(node.Args[0]) && !schedule.IsRead(node.Args[0], stage) && products.TryGetValue(args[0], out var factors))
            return $"S.Fma({factors.A}, {factors.B}, {args[1]})";
        // What divides a whole row is inverted once.
        if (node.Op == Op.Div && LevelOf(new[] { args[1] }) < LevelOf(new[] { args[0] })) return $"S.Mul({args[0]}, {Vec($"S.Div(S.Create(1d), {args[1]})", args[1])})";
        if (node.Op == Op.StopGradient) throw new IrException("StopGradient left in a compiled program", "MDSL023");
        return $"S.{node.Op}({string.Join(", ", args)})";
    }

    private string Index(Affine index)
    {
        var scale = index.Scale(Vector);
        var rest = index.Without(Vector).ToString();
        var names = index.Terms.Select(t => t.Axis).ToArray();
        var dividend = scale == 0
            ? Vec($"S.Create((double)({rest}))", names)
            : Vec($"S.Iota({(scale == 1 ? $"{rest} + {Vector}" : $"{rest} + ({scale} * {Vector})")}, {scale})", names);
        // Where the division leaves a rest, nothing is read.
        return index.Divisor == 1 ? dividend : Vec($"S.Div({dividend}, S.Create({Number(index.Divisor)}))", dividend);
    }

    private string Random(Node node, IndexEnvironment env)
    {
        var seedNode = Graph[node.Args[0]];
        var seed = seedNode.Op switch
        {
            Op.Scalar => Fields.Seed(seedNode.Name),
            Op.Const => $"unchecked((uint){(int)seedNode.Number})",
            Op.Size => $"unchecked((uint){Fields.Size(seedNode.Name)})",
            _ => throw new IrException("the seed of Random is no scalar", "MDSL023"),
        };
        if (node.Axes.Any(a => env[a].Divisor != 1 && env[a].Scale(Vector) != 0)) return RandomLanes(node, seed, env);
        var (offset, scale) = Offset(node.Axes, a => Place.StrideOf(node.Axes, a), env);
        var at = scale.Length == 0 ? offset : $"{offset} + ({Vector} * {scale})";
        var step = scale.Length == 0 ? "0" : scale;
        if (scale == "1" && Run.From.Length > 0) return RandomOfRun($"{seed}, {(uint)node.Number}u", offset);
        var inputs = new List<string> { offset };
        if (scale.Length > 0) inputs.Add(Vector);
        return Vec($"S.Random({seed}, {(uint)node.Number}u, unchecked((uint)({at})), unchecked((uint)({step})))", inputs.ToArray());
    }

    /// <summary>Numbers along the vector loop are made before it, all together.</summary>
    private string RandomOfRun(string stream, string offset)
    {
        if (!runs.TryGetValue((stream, offset, Run.From), out var number)) runs.Add((stream, offset, Run.From), number = runs.Count);
        var memory = Declare("numbers", "T*", $"S.RandomMemory({number}, {Run.Most})", Run.Most.Contains(Run.End) ? new[] { Run.From, Run.End } : System.Array.Empty<string>());
        var inputs = new[] { offset, Run.From, Run.End };
        var run = Declare("run", "T*", $"S.Randoms({memory}, {stream}, unchecked((uint)({offset} + {Run.From})), {Run.End} - {Run.From})", inputs);
        return Vec($"S.Load({run} + ({Vector} - {Run.From}))", run, Vector);
    }

    private string View(Node node, IndexEnvironment env)
    {
        var computed = !IsPlainRead(node.Args[0]);
        var inner = env.Through(node.Over[0], node.Map!, Fields.Size, masked: computed);
        var value = Value(node.Args[0], inner);
        if (!node.Map!.Checked || !computed) return value;
        // What is computed from zeros need not be zero: outside the argument the view is.
        return Mask(inner.Checks[inner.Checks.Count - 1]) is var (mask, isVector) && isVector
            ? Vec($"S.Select({mask}, {value}, S.Create(0d))", mask, value)
            : Vec($"{mask} ? {value} : S.Create(0d)", mask, value);
    }

    /// <summary>Reads that answer zero outside by themselves.</summary>
    private bool IsPlainRead(int id) => schedule.IsRead(id, stage) || (Graph[id].Op == Op.View && IsPlainRead(Graph[id].Args[0]));
}
