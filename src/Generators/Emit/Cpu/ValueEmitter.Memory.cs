using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Emit.Cpu;

/// <content>Loads, stores and the offsets they go to.</content>
internal sealed partial class ValueEmitter
{
    /// <summary>Whether the lane-by-lane path was used, which needs a buffer on the stack.</summary>
    public bool UsesLanes { get; private set; }

    /// <summary>
    /// The offset into memory, less what the vector variable adds: a name (or number) known as far out as its parts allow;
    /// and the factor of the vector variable, empty where it has none.
    /// </summary>
    private (string Offset, string Scale) Offset(IEnumerable<string> axes, System.Func<string, IReadOnlyList<string>> stride, IndexEnvironment env)
    {
        var byLevel = new SortedDictionary<int, List<string>>();
        var scales = new List<string>();
        void Add(int level, string text)
        {
            if (!byLevel.TryGetValue(level, out var list)) byLevel.Add(level, list = new List<string>());
            list.Add(text);
        }
        foreach (var axis in axes)
        {
            var index = env[axis];
            var size = Fields.Product(stride(axis));
            string Times(string text) => size == "1" ? text : $"({text} * {size})";
            if (index.Divisor != 1)
            {
                Add(LevelOf(index.Terms.Select(t => t.Axis)), Times($"(({index}) / {index.Divisor})"));
                continue;
            }
            if (index.Offset != 0) Add(0, Times(index.Offset < 0 ? $"({index.Offset})" : index.Offset.ToString(System.Globalization.CultureInfo.InvariantCulture)));
            foreach (var term in index.Terms)
            {
                var factor = term.Scale == 1 ? size : size == "1" ? $"({term.Scale})" : $"({term.Scale} * {size})";
                if (term.Axis == Vector) scales.Add(factor);
                else Add(LevelOf(new[] { term.Axis }), factor == "1" ? term.Axis : $"({term.Axis} * {factor})");
            }
        }
        var offset = "";
        foreach (var pair in byLevel)
        {
            var text = string.Join(" + ", offset.Length == 0 ? pair.Value : pair.Value.Prepend(offset));
            offset = pair.Value.Count == 1 && offset.Length == 0 && IsPlainName(text) ? text : Declare("o", "nint", text, levels[pair.Key].Variables.Take(1).Concat(new[] { offset }));
            levelOf[offset] = pair.Key;
        }
        return (offset.Length == 0 ? "0" : offset, string.Join(" + ", scales));
    }

    private static bool IsPlainName(string text) => text.All(c => char.IsLetterOrDigit(c) || c == '_');

    private string Load(Place place, IndexEnvironment env)
    {
        var pointer = Fields.Pointer(place);
        var ids = place.Buffer.Type == ValueType.Ids;
        var indices = place.Axes.Select(a => env[a]).ToArray();
        var variables = new HashSet<string>(indices.SelectMany(i => i.Terms).Select(t => t.Axis));
        var checks = env.Checks.Where(c => !c.Masked || c.Index.Terms.Any(t => variables.Contains(t.Axis))).ToArray();
        var lane = checks.Where(c => c.Index.Scale(Vector) != 0).ToArray();
        var strided = indices.Any(i => i.Divisor != 1 && i.Scale(Vector) != 0);
        if (strided || lane.Any(c => c.Index.Scale(Vector) != 1 || c.Index.Divisor != 1) || (ids && checks.Length > 0))
            return LoadLanes(place, env, checks);
        var (offset, scale) = Offset(place.Axes, place.Stride, env);
        if (lane.Length > 0 && scale != "1") return LoadLanes(place, env, checks);

        var condition = Condition(checks.Except(lane));
        if (lane.Length > 0) return LoadWindow(pointer, offset, lane, condition);
        if (!ids && scale == "1" && condition.Length == 0) Read(place, env);
        var text = (ids, scale) switch
        {
            (true, "") => $"S.Create((double){pointer}[{offset}])",
            (true, _) => $"S.LoadIds({pointer} + {offset} + ({Vector} * ({scale})), {scale}, {Lanes})",
            (false, "") => $"S.Create({pointer}[{offset}])",
            (false, "1") => IsTail ? $"S.LoadTail({pointer} + {offset} + {Vector}, {Lanes})" : $"S.Load({pointer} + {offset} + {Vector})",
            (false, _) => $"S.LoadStrided({pointer} + {offset} + ({Vector} * ({scale})), {scale}, {Lanes})",
        };
        var inputs = new List<string> { offset };
        if (scale.Length > 0) inputs.Add(Vector);
        if (condition.Length > 0)
        {
            inputs.Add(condition);
            text = $"{condition} ? {text} : S.Create(0d)";
        }
        return Vec(text, inputs.ToArray());
    }

    /// <summary>A dense read of which only the lanes within the bounds exist.</summary>
    private string LoadWindow(string pointer, string offset, IReadOnlyList<Check> lane, string condition)
    {
        var (low, high) = Bounds(lane);
        if (condition.Length > 0) high = Declare("o", "nint", $"{condition} ? {high} : 0", new[] { condition, high });
        if (IsTail) high = Declare("o", "nint", $"{Library.Math}.Min({high}, {Vector} + {Lanes})", new[] { high, Vector });
        return Vec($"S.LoadWindow({pointer} + {offset}, {Vector}, {low}, {high})", offset, Vector, low, high);
    }

    /// <summary>The range of the vector variable within which all of the checks hold.</summary>
    private (string Low, string High) Bounds(IReadOnlyList<Check> checks)
    {
        string low = "", high = "";
        foreach (var check in checks)
        {
            var rest = check.Index.Without(Vector);
            var names = rest.Terms.Select(t => t.Axis).ToArray();
            var l = Int($"-({rest})", names);
            var h = Int($"{Fields.Product(check.Axis.Split('*'))} - ({rest})", names);
            low = low.Length == 0 ? l : Int($"{Library.Math}.Max({low}, {l})", new[] { low, l });
            high = high.Length == 0 ? h : Int($"{Library.Math}.Min({high}, {h})", new[] { high, h });
        }
        return (low, high);
    }

    /// <summary>A bool that holds if all of the checks do, which do not vary along the vector; empty if there are none.</summary>
    private string Condition(IEnumerable<Check> checks)
    {
        var parts = checks.Select(c => ConditionText(c, c.Index.ToString())).ToArray();
        return parts.Length == 0 ? "" : Declare("b", "bool", string.Join(" && ", parts), checks.SelectMany(c => c.Index.Terms).Select(t => t.Axis));
    }

    private string ConditionText(Check check, string index)
    {
        var size = Fields.Product(check.Axis.Split('*'));
        return check.Index.Divisor == 1
            ? $"unchecked((nuint)({index})) < (nuint)({size})" // a constant index may be negative
            : $"{index} >= 0 && ({index}) % {check.Index.Divisor} == 0 && ({index}) / {check.Index.Divisor} < {size}";
    }

    private (string Mask, bool IsVector) Mask(Check check)
    {
        if (check.Index.Scale(Vector) == 0) return (Condition(new[] { check }), false);
        if (check.Index.Scale(Vector) != 1 || check.Index.Divisor != 1)
        {
            UsesLanes = true;
            var at = AtLane(check.Index);
            Top.Line($"for (nint l = 0; l < {Lanes}; l++) {{ var lane = {Vector} + l; idLanes[l] = {ConditionText(check, at.ToString())} ? 1 : 0; }}");
            var name = Name("v");
            Top.Line($"V {name} = S.Less(S.Create(0d), S.LoadIds(idLanes, 1, {Lanes}));");
            return (name, true);
        }
        var (low, high) = Bounds(new[] { check });
        var lanes = Vec($"S.Iota({Vector}, 1)", Vector);
        var mask = Vec($"S.And(S.LessEqual(S.Create((double){low}), {lanes}), S.Less({lanes}, S.Create((double){high})))", low, high, lanes);
        return (mask, true);
    }

    /// <summary>The general case, one lane after the other: strided windows and their adjoints, gathers whose index varies along the vector.</summary>
    private string LoadLanes(Place place, IndexEnvironment env, IReadOnlyList<Check> checks, string declarations = "")
    {
        UsesLanes = true;
        var ids = place.Buffer.Type == ValueType.Ids;
        var offset = LaneOffset(place.Axes, place.Stride, env);
        var condition = LaneCondition(checks);
        var lanes = ids ? "idLanes" : "lanes";
        Top.Line($"for (nint l = 0; l < {Lanes}; l++) {{ var lane = {Vector} + l; {declarations}{lanes}[l] = {condition} ? {Fields.Pointer(place)}[{offset}] : default; }}");
        var name = Name("v");
        Top.Line(ids ? $"V {name} = S.LoadIds(idLanes, 1, {Lanes});" : IsTail ? $"V {name} = S.LoadTail(lanes, {Lanes});" : $"V {name} = S.Load(lanes);");
        return name;
    }

    /// <summary>An index with the lane's own position, <c>lane</c>, in place of the vector's.</summary>
    private Affine AtLane(Affine index) => index with { Terms = index.Terms.Select(t => t.Axis == Vector ? t with { Axis = "lane" } : t).ToEquatable() };

    /// <summary>Whether all checks hold for one lane.</summary>
    private string LaneCondition(IEnumerable<Check> checks) => string.Join(" && ", checks.Select(c => ConditionText(c, AtLane(c.Index).ToString())).DefaultIfEmpty("true"));

    /// <summary>The offset of one lane.</summary>
    private string LaneOffset(IEnumerable<string> axes, System.Func<string, IReadOnlyList<string>> stride, IndexEnvironment env) => string.Join(" + ", axes.Select(a =>
    {
        var index = AtLane(env[a]);
        var text = index.Divisor == 1 ? $"({index})" : $"(({index}) / {index.Divisor})";
        return $"{text} * ({Fields.Product(stride(a))})";
    }).DefaultIfEmpty("0"));

    /// <summary>Random numbers whose positions are no run of equal steps, as a strided view's adjoint reads them: lane by lane.</summary>
    private string RandomLanes(Node node, string seed, IndexEnvironment env)
    {
        UsesLanes = true;
        var offset = LaneOffset(node.Axes, a => Place.StrideOf(node.Axes, a), env);
        Top.Line($"for (nint l = 0; l < {Lanes}; l++) {{ var lane = {Vector} + l; S.StoreTail(lanes + l, S.Random({seed}, {(uint)node.Number}u, unchecked((uint)({offset})), 0u), 1); }}");
        var name = Name("v");
        Top.Line(IsTail ? $"V {name} = S.LoadTail(lanes, {Lanes});" : $"V {name} = S.Load(lanes);");
        return name;
    }

    private string Gather(Node node, IndexEnvironment env)
    {
        var (index, at) = ThroughViews(node.Args[1], env);
        var axis = node.Over[0];
        if (Graph[index].Op == Op.Index) return Value(node.Args[0], env.With(axis, at[Graph[index].Axes[0]]));
        var place = schedule.Places[index];
        if (place.Axes.All(a => at[a].Scale(Vector) == 0)) return Value(node.Args[0], env.With(axis, Affine.Variable(IndexOf(node.Args[1], axis, env))));
        var (table, inside) = ThroughViews(node.Args[0], env.With(axis, Affine.Variable("picked")));
        if (!schedule.IsRead(table, stage)) throw new IrException("Gather from a value that is not in memory", "MDSL023");
        var picked = Checked(place, LaneOffset(place.Axes, place.Stride, at), axis);
        // Outside a view there are no ids to read either.
        if (at.Checks.Count > 0) picked = $"{LaneCondition(at.Checks)} ? {picked} : 0";
        return LoadLanes(schedule.Places[table], inside, inside.Checks, $"nint picked = {picked}; ");
    }

    /// <summary>An index that does not vary along the vector, checked against the size of the axis that it goes to.</summary>
    public string IndexOf(int id, string axis, IndexEnvironment env)
    {
        var (index, at) = ThroughViews(id, env);
        if (Graph[index].Op == Op.Index && at[Graph[index].Axes[0]] is var position)
            return Int(position.Divisor == 1 ? $"{position}" : $"({position}) / {position.Divisor}", position.Terms.Select(t => t.Axis));
        var place = schedule.Places[index];
        var (offset, scale) = Offset(place.Axes, place.Stride, at);
        if (scale.Length > 0) throw new IrException("a scatter whose every axis is indexed is not supported", "MDSL023");
        var condition = Condition(at.Checks.Where(c => c.Index.Scale(Vector) == 0));
        return condition.Length == 0 ? Int(Checked(place, offset, axis), new[] { offset }) : Int($"{condition} ? {Checked(place, offset, axis)} : 0", new[] { offset, condition });
    }

    private string Checked(Place place, string offset, string axis) =>
        $"{Library.Cpu}CpuGather.Checked({Fields.Pointer(place)}[{offset}], {Fields.Product(axis.Split('*'))}, \"{place.Buffer.Name}\")";

    private (int Id, IndexEnvironment Env) ThroughViews(int id, IndexEnvironment env)
    {
        while (Graph[id].Op == Op.View && !schedule.IsRead(id, stage))
        {
            env = env.Through(Graph[id].Over[0], Graph[id].Map!, Fields.Size);
            id = Graph[id].Args[0];
        }
        return (id, env);
    }

    /// <summary>Writes a value to its place, at the innermost level.</summary>
    /// <param name="place">Where.</param>
    /// <param name="value">The vector.</param>
    /// <param name="env">The indices.</param>
    /// <param name="streams">The name of a bool: whether to write past the caches; empty for never.</param>
    public void Store(Place place, string value, IndexEnvironment env, string streams = "")
    {
        var (at, scale) = Address(Fields.Pointer(place), place.Axes, place.Stride, env);
        if (place.Buffer.Type == ValueType.Ids) Top.Line($"S.StoreIds({at}, {(scale.Length == 0 ? "1" : scale)}, {value}, {(scale.Length == 0 ? "1" : Lanes)});");
        else if (scale.Length == 0) Top.Line($"S.StoreTail({at}, {value}, 1);");
        else if (scale != "1") Top.Line($"S.StoreStrided({at}, {scale}, {value}, {Lanes});");
        else if (IsTail) Top.Line($"S.StoreTail({at}, {value}, {Lanes});");
        else Top.Line(streams.Length == 0 ? $"S.Store({at}, {value});" : $"if ({streams}) S.StoreStream({at}, {value}); else S.Store({at}, {value});");
    }

    /// <summary>The same where nothing goes along the vector.</summary>
    public string Line(string pointer, IEnumerable<string> axes, System.Func<string, IReadOnlyList<string>> stride, IndexEnvironment env)
    {
        var vector = Vector;
        Vector = "";
        var (offset, _) = Offset(axes, stride, env);
        Vector = vector;
        return pointer == "0" ? offset : offset == "0" ? pointer : $"{pointer} + {offset}";
    }

    /// <summary>Where a value lies, as an address expression at the innermost level, and the factor of the vector variable.</summary>
    public (string Address, string Scale) Address(string pointer, IEnumerable<string> axes, System.Func<string, IReadOnlyList<string>> stride, IndexEnvironment env)
    {
        var (offset, scale) = Offset(axes, stride, env);
        var start = offset == "0" ? pointer : $"{pointer} + {offset}";
        return (scale switch { "" => start, "1" => $"{start} + {Vector}", _ => $"{start} + ({Vector} * ({scale}))" }, scale);
    }
}
