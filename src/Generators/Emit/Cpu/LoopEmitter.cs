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
    private ScatterAccumulator? scatter;
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
        if (stage.IsScatter)
        {
            scatter = new ScatterAccumulator(schedule, stage, values, stage.Items.Single().Node, env);
            Pass(stage.Items);
        }
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
        // Sums along the vector that are kept per position of the outer loops.
        var columns = work.Where(i => i.Kind == ItemKind.ColumnReduction).Select(Column).ToArray();
        foreach (var column in columns) column.Registers?.Declare();
        Blocks(variable, start, end, work, reductions, columns);
        foreach (var column in columns)
        {
            column.Finish();
            column.Count(start, end);
        }
        if (scatter != null) scatter.Count(start);
    }

    /// <summary>Whether the work takes random numbers along the vector.</summary>
    private bool IsRandom(IReadOnlyList<Item> work)
    {
        var seen = new HashSet<int>();
        return work.Any(i => IsAlong(i.Node) || schedule.Graph[i.Node].Args.Any(Uses));

        bool Uses(int id) => seen.Add(id) && !schedule.IsRead(id, stage) && !IsRowReduction(id) && (IsAlong(id) || schedule.Graph[id].Args.Any(Uses));

        bool IsAlong(int id) => schedule.Graph[id] is { Op: Op.Random } random && random.Axes.Any(a => Names.Variable(a) == values.Vector);
    }

    /// <summary>The vector loop, within one over blocks of the range where random numbers or sums want it.</summary>
    private void Blocks(string variable, string start, string end, IReadOnlyList<Item> work, IReadOnlyList<RowAccumulator> reductions, IReadOnlyList<ColumnAccumulator> columns)
    {
        var registers = reductions.Select(r => r.Registers).Concat(columns.Where(c => c.Registers != null).Select(c => c.Registers!)).ToArray();
        // Short reductions are bound by the latency of adding: several run side by side.
        var copies = registers.Length == work.Count && registers.All(r => r.IsShort) ? RegisterReduction.Copies : 1;
        var sums = new RegisterSums(values, registers, copies);
        // What a row block works on is at hand: random numbers are made for the whole row. Elsewhere they are made for a few vectors at a time, while
        // memory comes.
        var isRandom = schedule.BlockOf(stage) == null && IsRandom(work);
        if (!isRandom && sums.IsEmpty)
        {
            Innermost(variable, start, end, $"{end} - {start}", copies, work, reductions, columns);
            return;
        }
        var length = isRandom ? $"{Library.Loops}.RandomBlock" : sums.Block;
        var (from, to) = (values.Name("block"), values.Name("blockEnd"));
        values.Push(from, to);
        sums.Reserve(start, from, to, isFull: inner.Length == 1 && !isRandom);
        Innermost(variable, from, to, isRandom ? length : $"{end} - {start}", copies, work, reductions, columns);
        var body = values.Pop();
        values.Top.Line($"for (nint {from} = {start}; {from} < {end}; {from} += {length})");
        values.Top.Line("{");
        values.Top.Line($"    nint {to} = {Library.Math}.Min({from} + {length}, {end});");
        values.Top.Append(body);
        values.Top.Line("}");
    }

    /// <summary>The vector loop.</summary>
    private void Innermost(
        string variable, string start, string end, string most, int copies, IReadOnlyList<Item> work, IReadOnlyList<RowAccumulator> reductions, IReadOnlyList<ColumnAccumulator> columns)
    {
        values.Run = (start, end, most);
        var from = values.Name(variable + "_at");
        values.Top.Line($"nint {from} = {start};");
        if (copies > 1)
            Body($"for (; {from} + ({copies} * S.Width) <= {end}; {from} += {copies} * S.Width)", "S.Width", copies);
        Body($"for (; {from} + S.Width <= {end}; {from} += S.Width)", "S.Width", 1);
        Body($"if ({from} < {end})", values.Name("rest"), 1);

        // The head is written after the body: what the body found to be constant in it has gone before both.
        void Body(string head, string lanes, int count)
        {
            var bodies = Enumerable.Range(0, count).Select(copy => Copy(copy, lanes)).ToArray();
            values.Lanes = "S.Width";
            values.Top.Line(head);
            values.Top.Line("{");
            foreach (var body in bodies)
            {
                if (count > 1) values.Top.Line("{");
                values.Top.Append(body);
                if (count > 1) values.Top.Line("}");
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
            foreach (var column in columns) column.Accumulate(copy);
            // All values before all stores: a result may lie where an argument was.
            var stored = work.Where(i => i.Kind == ItemKind.Value).Select(i => (Place: schedule.Places[i.Node], Value: values.Value(i.Node, env))).ToArray();
            // Stores past the caches hold up a loop that computes much; ordinary ones go out while it does.
            var mayStream = !stash.IsCostly(pass, work.Where(i => i.Kind == ItemKind.Value));
            foreach (var (place, value) in stored) values.Store(place, value, env, mayStream ? Streams(place) : "");
            if (scatter != null) scatter.Accumulate();
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
        if (schedule.AddsInPlace(item)) return new ColumnAccumulator(schedule, stage, values, item.Node, place, code.Fields.Pointer(place), env, isPartial: false);
        var known = partials.FindIndex(p => p.Target == Names.Pointer(place));
        if (known < 0)
        {
            known = partials.Count;
            var kind = schedule.Graph[item.Node].Op.ToString().Replace("Reduce", "");
            partials.Add(new PartialResult(code.Fields.Pointer(place), kind, place.Axes.ToArray(), ColumnAccumulator.Terms(stage, place)));
        }
        var offset = string.Join(" + ", partials.Take(known).Select(p => code.Fields.Product(p.Axes)));
        return new ColumnAccumulator(schedule, stage, values, item.Node, place, offset.Length == 0 ? "partials" : $"partials + ({offset})", env, isPartial: true);
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
        Line(2, "public void Run<S, V>(nint row, nint rowEnd, nint inner, nint innerEnd, T* partials, double* totals)");
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
        if (scatter != null) Line(3, scatter.Finish);
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
        var results = string.Join(", ", partials.Select(p => $"new {Library.Cpu}Partial<T>({Sizes.Product(p.Axes)}, {Library.Cpu}PartialKind.{p.Kind}, _stage.{p.Target}, {Sizes.Product(p.Terms)})"));
        return $"{rows}, {first}, {perRow}, {Library.Cpu}LoopSplit.{split}, [{results}]";
    }
}
