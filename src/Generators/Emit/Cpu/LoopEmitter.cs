using System.Collections.Generic;
using System.Linq;
using System.Text;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Emit.Cpu;

/// <summary>
/// Writes a loop stage: rows in parallel; within a row one pass over the inner axes for every depth of reductions, and the
/// innermost axis in vectors with a masked tail.
/// </summary>
internal sealed class LoopEmitter
{
    private const string Scalar = "one";

    private readonly Schedule schedule;
    private readonly LoopStage stage;
    private readonly StageCode code;
    private readonly ValueEmitter values;
    private readonly List<PartialResult> partials = new();
    private readonly IndexEnvironment env;
    private readonly string[] inner;
    private readonly RowStash stash;
    private readonly Prefetches prefetches;
    private readonly HashSet<string> streams = new();
    private int pass;

    private LoopEmitter(Schedule schedule, LoopStage stage, string name)
    {
        this.schedule = schedule;
        this.stage = stage;
        code = new StageCode(name, stage.Template, StageText.Describe(schedule, stage)) { Interface = $"{Library.Cpu}ILoopStage<T>" };
        values = new ValueEmitter(schedule, stage, code.Fields);
        env = new IndexEnvironment(stage.Space, Names.Variable);
        inner = stage.Inner!.Count > 0 ? stage.Inner.Select(Names.Variable).ToArray() : new[] { Scalar };
        stash = new RowStash(schedule, stage, values, IsRowReduction);
        prefetches = new Prefetches(stage, values);
    }

    public static StageCode Emit(Schedule schedule, LoopStage stage, string name) => new LoopEmitter(schedule, stage, name).Run();

    private bool HasRowReductions => stage.Items.Any(i => i.Kind == ItemKind.RowReduction);

    private StageCode Run()
    {
        values.Push();
        values.Push(stage.Outer.Select(Names.Variable).Append("row").ToArray());
        values.Vector = inner[inner.Length - 1];
        if (stage.IsScatter) Pass(stage.Items);
        else
        {
            var passes = stage.Items.GroupBy(Depth).OrderBy(g => g.Key).Select(g => Work(g).ToArray()).Where(w => w.Length > 0).ToArray();
            stash.Plan(passes);
            foreach (var items in passes)
            {
                Pass(items);
                pass++;
            }
        }
        StoreRowValues();
        var row = values.Pop();
        var top = values.Pop();
        code.Members = Method(top, row);
        code.Launcher = ($"{Library.Loops}.Run", LaunchArguments());
        return code;
    }

    private int Depth(Item item) => RowPasses.Depth(schedule, stage, item);

    private bool IsRowReduction(int id) => RowPasses.IsRowReduction(stage, id);

    private bool IsRowValue(Item item) =>
        item.Kind == ItemKind.RowReduction || (item.Kind == ItemKind.Value && stage.Inner!.Count > 0 && !schedule.Graph.Axes(item.Node).Any(stage.Inner.Contains));

    private bool IsStored(Item item) => item.Kind != ItemKind.ColumnReduction && schedule.Places.ContainsKey(item.Node);

    /// <summary>Values of which a row has one: stored when all passes are over.</summary>
    private void StoreRowValues()
    {
        var vector = values.Vector;
        values.Vector = "";
        foreach (var item in stage.Items)
            if (IsRowValue(item) && IsStored(item)) values.Store(schedule.Places[item.Node], values.Value(item.Node, env), env);
        values.Vector = vector;
    }

    /// <summary>What a pass has to do element by element.</summary>
    private IEnumerable<Item> Work(IEnumerable<Item> items) =>
        items.Where(i => i.Kind is ItemKind.RowReduction or ItemKind.ColumnReduction || (!IsRowValue(i) && IsStored(i)));

    private void Pass(IReadOnlyList<Item> work)
    {
        var reductions = work.Where(i => i.Kind == ItemKind.RowReduction).Select(i => new RowAccumulator(schedule, values, i.Node)).ToArray();
        foreach (var reduction in reductions) reduction.Declare();
        Loops(0, work, reductions);
        foreach (var reduction in reductions) reduction.Finish();
    }

    /// <summary>The loops over the inner axes from one on, around the work.</summary>
    private void Loops(int depth, IReadOnlyList<Item> work, IReadOnlyList<RowAccumulator> reductions)
    {
        var (variable, start, end) = Range(depth);
        if (depth < inner.Length - 1)
        {
            values.Push(variable);
            Loops(depth + 1, work, reductions);
            var body = values.Pop();
            values.Top.Line($"for (nint {variable} = {start}; {variable} < {end}; {variable}++)");
            values.Top.Line("{");
            values.Top.Append(body);
            values.Top.Line("}");
            return;
        }
        // What a row block works on is at hand: random numbers are made for the whole row. Elsewhere they are made for a few vectors at a time, while
        // memory comes.
        if (schedule.BlockOf(stage) == null && IsRandom(work)) Blocks(start, end, (from, to) => Innermost(variable, from, to, work, reductions, isBlock: true));
        else Innermost(variable, start, end, work, reductions, isBlock: false);
    }

    /// <summary>Whether the work takes random numbers along the vector.</summary>
    private bool IsRandom(IReadOnlyList<Item> work)
    {
        var seen = new HashSet<int>();
        return work.Any(i => IsAlong(i.Node) || schedule.Graph[i.Node].Args.Any(Uses));

        bool Uses(int id) => seen.Add(id) && !schedule.IsRead(id, stage) && !IsRowReduction(id) && (IsAlong(id) || schedule.Graph[id].Args.Any(Uses));

        bool IsAlong(int id) => schedule.Graph[id] is { Op: Op.Random } random && random.Axes.Any(a => Names.Variable(a) == values.Vector);
    }

    /// <summary>A loop over blocks of a range, around another over each.</summary>
    private void Blocks(string start, string end, System.Action<string, string> inside)
    {
        var (from, to) = (values.Name("block"), values.Name("blockEnd"));
        values.Push(from, to);
        inside(from, to);
        var body = values.Pop();
        values.Top.Line($"for (nint {from} = {start}; {from} < {end}; {from} += {Library.Loops}.RandomBlock)");
        values.Top.Line("{");
        values.Top.Line($"    nint {to} = {Library.Math}.Min({from} + {Library.Loops}.RandomBlock, {end});");
        values.Top.Append(body);
        values.Top.Line("}");
    }

    /// <summary>The vector loop.</summary>
    private void Innermost(string variable, string start, string end, IReadOnlyList<Item> work, IReadOnlyList<RowAccumulator> reductions, bool isBlock)
    {
        values.Run = (start, end, isBlock ? $"{Library.Loops}.RandomBlock" : $"{end} - {start}");
        // Sums along the vector that are kept per position of the outer loops.
        var columns = work.Where(i => i.Kind == ItemKind.ColumnReduction).Select(Column).ToArray();
        foreach (var column in columns) column.Declare();
        var from = values.Name(variable + "_at");
        values.Top.Line($"nint {from} = {start};");
        // Short sums are bound by the latency of adding: several run side by side.
        if (reductions.Count == work.Count && reductions.All(r => r.IsShort))
            Body($"for (; {from} + ({RowAccumulator.Copies} * S.Width) <= {end}; {from} += {RowAccumulator.Copies} * S.Width)", "S.Width", RowAccumulator.Copies);
        Body($"for (; {from} + S.Width <= {end}; {from} += S.Width)", "S.Width", 1);
        Body($"if ({from} < {end})", values.Name("rest"), 1);
        foreach (var column in columns) column.Finish();

        // The head is written after the body: what the body found to be constant in it has gone before both.
        void Body(string head, string lanes, int copies)
        {
            var bodies = Enumerable.Range(0, copies).Select(copy => Copy(copy, lanes)).ToArray();
            values.Lanes = "S.Width";
            values.Top.Line(head);
            values.Top.Line("{");
            foreach (var body in bodies)
            {
                if (copies > 1) values.Top.Line("{");
                values.Top.Append(body);
                if (copies > 1) values.Top.Line("}");
            }
            values.Top.Line("}");
        }

        Level Copy(int copy, string lanes)
        {
            values.Push(variable);
            values.Top.Line(copy == 0 ? $"var {variable} = {from};" : $"var {variable} = {from} + ({copy} * S.Width);");
            values.Lanes = lanes;
            if (values.IsTail) values.Top.Line($"nint {lanes} = {end} - {from};");
            stash.Begin(pass);
            if (pass == 0) prefetches.Watch();
            foreach (var reduction in reductions) reduction.Accumulate(env, copy);
            foreach (var column in columns) column.Accumulate();
            // All values before all stores: a result may lie where an argument was.
            var stored = work.Where(i => i.Kind == ItemKind.Value).Select(i => (Place: schedule.Places[i.Node], Value: values.Value(i.Node, env))).ToArray();
            // Stores past the caches hold up a loop that computes much; ordinary ones go out while it does.
            var mayStream = !stash.IsCostly(pass, work.Where(i => i.Kind == ItemKind.Value));
            foreach (var (place, value) in stored) values.Store(place, value, env, mayStream ? Streams(place) : "");
            foreach (var item in work.Where(i => i.Kind == ItemKind.Scatter)) Scatter(item.Node);
            stash.End(pass, env);
            if (!values.IsTail) prefetches.Emit(pass);
            return values.Pop();
        }
    }

    /// <summary>The name of a bool that says whether a result is too large for the caches; none where an argument lies in its place.</summary>
    private string Streams(Place place)
    {
        if (place.IsScratch || place.Buffer.Type == ValueType.Ids || schedule.Program.Inputs.ContainsKey(place.Buffer.Name)) return "";
        var name = $"stream_{place.Name}";
        if (streams.Add(name)) values.Levels[0].Line($"bool {name} = {code.Fields.Product(place.Axes)} * sizeof(T) > {Library.Loops}.StreamBytes;");
        return name;
    }

    private (string Variable, string Start, string End) Range(int depth)
    {
        if (depth == 0) return (inner[0], "inner", "innerEnd");
        return (inner[depth], "0", code.Fields.Size(stage.Inner![depth]));
    }

    private ColumnAccumulator Column(Item item)
    {
        var place = schedule.Places[item.Node];
        var axis = inner[inner.Length - 1] == Scalar ? "" : stage.Inner!.Last();
        if (schedule.AddsInPlace(item)) return new ColumnAccumulator(schedule, values, item.Node, place, code.Fields.Pointer(place), env, axis);
        var known = partials.FindIndex(p => p.Target == Names.Pointer(place));
        if (known < 0)
        {
            known = partials.Count;
            var kind = schedule.Graph[item.Node].Op.ToString().Replace("Reduce", "");
            partials.Add(new PartialResult(code.Fields.Pointer(place), kind, place.Axes.ToArray()));
        }
        var offset = string.Join(" + ", partials.Take(known).Select(p => code.Fields.Product(p.Axes)));
        return new ColumnAccumulator(schedule, values, item.Node, place, offset.Length == 0 ? "partials" : $"partials + ({offset})", env, axis);
    }

    private void Scatter(int id)
    {
        var before = values.Enter(id);
        var node = schedule.Graph[id];
        var place = schedule.Places[id];
        var value = values.Value(node.Args[0], env);
        var row = values.IndexOf(node.Args[1], node.Over[0], env);
        var there = env.With(node.Over[0], Affine.Variable(row));
        var (address, scale) = values.Address(code.Fields.Pointer(place), place.Axes, place.Stride, there);
        var lanes = scale.Length == 0 ? "1" : values.Lanes;
        values.Top.Line($"T* to = {address};");
        if (scale.Length == 0) value = values.IsTail ? $"S.Keep({value}, {values.Lanes}, S.Create(0d))" : value;
        if (scale.Length == 0) values.Top.Line($"S.StoreTail(to, S.Add(S.LoadTail(to, 1), {value}), 1);");
        else if (scale != "1") values.Top.Line($"S.StoreStrided(to, {scale}, S.Add(S.LoadStrided(to, {scale}, {lanes}), {value}), {lanes});");
        else values.Top.Line(values.IsTail ? $"S.StoreTail(to, S.Add(S.LoadTail(to, {lanes}), {value}), {lanes});" : $"S.Store(to, S.Add(S.Load(to), {value}));");
        values.Leave(before);
    }

    private string Method(Level top, Level row)
    {
        var text = new StringBuilder();
        void Line(int depth, string line) => text.Append(' ', 4 * depth).Append(line).Append('\n');
        var decode = new List<string>();
        var rest = "row";
        for (var i = stage.Outer.Count - 1; i >= 0; i--)
        {
            var (axis, variable) = (stage.Outer[i], Names.Variable(stage.Outer[i]));
            decode.Add(i == 0 ? $"nint {variable} = {rest};" : $"nint {variable} = {rest} % {code.Fields.Size(axis)};");
            if (i == 0) break;
            decode.Add($"nint remaining{i} = {rest} / {code.Fields.Size(axis)};");
            rest = $"remaining{i}";
        }
        Line(2, Library.Optimized);
        Line(2, "public void Run<S, V>(nint row, nint rowEnd, nint inner, nint innerEnd, T* partials)");
        Line(3, Library.Vectors);
        Line(2, CSharpText.Open);
        var stashes = stash.Declarations(code.Fields).ToArray();
        foreach (var local in code.Locals()) Line(3, local);
        foreach (var line in stashes) Line(3, line);
        if (values.UsesLanes)
        {
            Line(3, "T* lanes = stackalloc T[64];");
            Line(3, "int* idLanes = stackalloc int[64];");
        }
        text.Append(Indent(top.ToString()));
        Line(3, "for (; row < rowEnd; row++)");
        Line(3, "{");
        foreach (var line in decode) Line(4, line);
        text.Append(Indent(row.ToString()));
        Line(3, "}");
        Line(2, CSharpText.Close);
        return text.ToString();
    }

    private static string Indent(string text) => string.Concat(text.Split('\n').Where(l => l.Length > 0).Select(l => "    " + l + "\n"));

    private string LaunchArguments()
    {
        var rows = Sizes.Product(stage.Outer);
        var first = stage.Inner!.Count > 0 ? Sizes.Of(stage.Inner[0]) : "1";
        var perRow = Sizes.Product(stage.Inner);
        var split = stage.IsScatter ? "Inner" : HasRowReductions ? "Rows" : "Any";
        var results = string.Join(", ", partials.Select(p => $"new {Library.Cpu}Partial<T>({Sizes.Product(p.Axes)}, {Library.Cpu}PartialKind.{p.Kind}, _stage.{p.Target})"));
        return $"{rows}, {first}, {perRow}, {Library.Cpu}LoopSplit.{split}, [{results}]";
    }
}
