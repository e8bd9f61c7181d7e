using System.Collections.Generic;
using System.Linq;
using System.Text;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Lowering;

namespace MageDsl.Generators.Backends.Cpu;

/// <summary>Prints a loop stage: rows in parallel; within a row its passes, and the innermost axis in vectors with a masked tail.</summary>
internal sealed class LoopTemplate
{
    // The share of a row's first axis that is worked on, as parameters of the method.
    private const string ShareStart = "inner";
    private const string ShareEnd = "innerEnd";

    private readonly LoweredLoop loop;
    private readonly VectorDialect values = new(new StageFields());
    private readonly Prefetches prefetches;

    // The loop variables of a row; one element has one of its own.
    private readonly string[] inner;
    private string finish = "";

    private LoopTemplate(LoweredLoop loop)
    {
        this.loop = loop;
        prefetches = new Prefetches(loop, values);
        inner = loop.Inner.Count > 0 ? loop.Inner.Select(Names.Variable).ToArray() : new[] { "one" };
    }

    private CodeWriter Code => values.Code;

    private StageFields Fields => values.Fields;

    public static StageCode Print(LoweredLoop loop, string name) => new LoopTemplate(loop).Run(name);

    private StageCode Run(string name)
    {
        Code.Push(0);
        Code.Push(1);
        for (var pass = 0; pass < loop.Passes.Count; pass++) Pass(pass);
        foreach (var store in loop.RowStores) values.Store(store, values.Value(store.Value, Lanes.None), Lanes.None);
        var row = Code.Pop();
        var launch = ($"{Library.Loops}.Run", LaunchArguments());
        var members = Method(Code.Pop(), row);
        return new StageCode(name, loop.Template, loop.Comment, $"{Library.Cpu}ILoopStage<T>", Fields.Arguments, members, launch);
    }

    private void Pass(int number)
    {
        var rows = loop.Passes[number].Rows.Select(r => new RowAccumulator(values, r)).ToArray();
        Loops(0, number, rows);
        foreach (var row in rows) row.Finish();
    }

    /// <summary>The loops over the inner axes from one on, around what a pass does.</summary>
    private void Loops(int depth, int number, IReadOnlyList<RowAccumulator> rows)
    {
        var (variable, pass) = (inner[depth], loop.Passes[number]);
        var (start, end) = depth == 0 ? (ShareStart, ShareEnd) : ("0", Fields.Size(loop.Inner[depth].Axis));
        if (depth < inner.Length - 1)
        {
            Code.Push(depth + 2);
            Loops(depth + 1, number, rows);
            var body = Code.Pop();
            Code.Block($"for (nint {variable} = {start}; {variable} < {end}; {variable}++)", body);
            return;
        }
        // Sums along the vector that are kept per position of the outer loops.
        var columns = pass.Columns.Select(c => new ColumnAccumulator(loop, values, c)).ToArray();
        Blocks(start, end, new Body(number, pass, rows, columns));
        foreach (var column in columns)
        {
            column.Finish();
            column.Count(start, end);
        }
        if (pass.Scatter is { } scatter) finish = ScatterAccumulator.Count(values, scatter, loop, start);
    }

    /// <summary>What goes into the vector loop of a pass.</summary>
    private sealed record Body(int Number, Pass Pass, IReadOnlyList<RowAccumulator> Rows, IReadOnlyList<ColumnAccumulator> Columns);

    /// <summary>The vector loop, within one over blocks of the range where random numbers or sums want it.</summary>
    private void Blocks(string start, string end, Body body)
    {
        var registers = body.Rows.Select(r => r.Registers).Concat(body.Columns.Where(c => c.Registers != null).Select(c => c.Registers!)).ToArray();
        // Short reductions are bound by the latency of adding: several run side by side.
        var copies = body.Pass.IsReduction && registers.All(r => r.IsShort) ? RegisterReduction.Copies : 1;
        var sums = new RegisterSums(Code, registers, copies);
        // What a row block works on is at hand: random numbers are made for the whole row. Elsewhere they are made for a few vectors at a time, while
        // memory comes.
        var drawn = Value.Reachable(body.Pass.Roots).Select(v => v.Computation).OfType<RandomNumber>();
        var isRandom = !loop.IsPart && drawn.Any(r => r.Access.IsDense(loop.Dense));
        if (!isRandom && sums.IsEmpty)
        {
            Innermost(new VectorRun(start, end, $"{end} - {start}", 0), copies, body);
            return;
        }
        var length = isRandom ? $"{Library.Loops}.RandomBlock" : sums.Block;
        var (from, to) = (Code.Name("block"), Code.Name("blockEnd"));
        Code.PushWithin();
        sums.Reserve(start, from, to, isFull: inner.Length == 1 && !isRandom);
        Innermost(new VectorRun(from, to, isRandom ? length : $"{end} - {start}", Code.Innermost), copies, body);
        var block = Code.Pop();
        Code.Line($"for (nint {from} = {start}; {from} < {end}; {from} += {length})");
        Code.Line("{");
        Code.Line($"    nint {to} = {Library.Math}.Min({from} + {length}, {end});");
        Code.Append(block);
        Code.Line("}");
    }

    /// <summary>The vector loop.</summary>
    private void Innermost(VectorRun run, int copies, Body body)
    {
        var variable = inner[inner.Length - 1];
        var at = Code.New(variable + "_at", "nint", run.From, Code.Innermost);
        var whole = new Lanes(loop.Dense, variable, Lanes.All, run);
        if (copies > 1) Copies(copies, $"for (; {at} + ({copies} * S.Width) <= {run.End}; {at} += {copies} * S.Width)");
        Copies(1, $"for (; {at} + S.Width <= {run.End}; {at} += S.Width)");
        var rest = Code.Name("rest");
        Code.Block($"if ({at} < {run.End})", Copy(body, 0, at, whole with { Count = rest }));

        // The head is written after the body: what the body found to be constant in it has gone before both.
        void Copies(int count, string head) => Code.Block(head, Enumerable.Range(0, count).Select(copy => Copy(body, copy, at, whole)).ToArray());
    }

    private string Copy(Body body, int copy, string at, Lanes lanes)
    {
        Code.Push(inner.Length + 1);
        Code.Line($"var {lanes.Variable} = {at}{(copy == 0 ? "" : $" + ({copy} * S.Width)")};");
        if (lanes.IsTail) Code.Line($"nint {lanes.Count} = {lanes.Run!.End} - {at};");
        foreach (var row in body.Rows) row.Accumulate(copy, lanes);
        foreach (var column in body.Columns) column.Accumulate(copy, lanes);
        var stored = body.Pass.Stores.Select(s => (Store: s, Value: values.Value(s.Value, lanes))).ToArray();
        // Stores past the caches hold up a loop that computes much; ordinary ones go out while it does.
        foreach (var (store, value) in stored) values.Store(store, value, lanes, body.Pass.IsCostly ? "" : Streams(store));
        if (body.Pass.Scatter is { } scatter) ScatterAccumulator.Accumulate(values, scatter, lanes);
        foreach (var put in body.Pass.Puts) values.Store(put, lanes);
        if (body.Number > 0 && !lanes.IsTail) prefetches.Emit(lanes);
        return Code.Pop();
    }

    /// <summary>The name of a bool that says whether a result is too large for the caches; none where an argument lies in its place.</summary>
    private string Streams(Store store)
    {
        if (store.Place.IsScratch || store.Place.Buffer.Type == ValueType.Ids || store.IsOverArgument) return "";
        var name = $"stream_{store.Place.Name}";
        if (Code.Known(name, 0) != null) return name;
        Code.Line(0, $"bool {name} = {Fields.Product(store.Place.Axes)} * sizeof(T) > {Library.Loops}.StreamBytes;");
        Code.Know(name, name, 0);
        return name;
    }

    private string Method(string top, string row)
    {
        var text = new StringBuilder();
        void Line(int depth, string line) => text.Append(' ', 4 * depth).Append(line).Append('\n');
        // The loops over rows are one: its index is taken apart.
        var decode = new List<string>();
        var rest = "row";
        for (var i = loop.Outer.Count - 1; i >= 0; i--)
        {
            var (variable, size) = (Names.Variable(loop.Outer[i]), i == 0 ? "" : Fields.Size(loop.Outer[i].Axis));
            decode.Add(i == 0 ? $"nint {variable} = {rest};" : $"nint {variable} = {rest} % {size};");
            if (i == 0) break;
            decode.Add($"nint remaining{i} = {rest} / {size};");
            rest = $"remaining{i}";
        }
        var stash = Stash().ToArray();
        Line(2, Library.Optimized);
        Line(2, $"public void Run<S, V>(nint row, nint rowEnd, nint {ShareStart}, nint {ShareEnd}, T* partials, double* totals)");
        Line(3, Library.Vectors);
        Line(2, CSharpText.Open);
        text.Append(StageCode.Locals(Fields));
        foreach (var line in stash) Line(3, line);
        text.Append(values.LaneMemory).Append(top);
        Line(3, "for (; row < rowEnd; row++)");
        Line(3, "{");
        foreach (var line in decode) Line(4, line);
        text.Append(row);
        Line(3, "}");
        if (finish.Length > 0) Line(3, finish);
        Line(2, CSharpText.Close);
        return text.ToString();
    }

    /// <summary>What is put aside: one row each, of the worker's own scratch.</summary>
    private IEnumerable<string> Stash()
    {
        if (loop.Slots.Count == 0) yield break;
        yield return $"nint stashRow = ({Fields.Product(loop.Inner.Axes())} + 15) & ~15;";
        yield return $"T* stash1 = (T*){Library.Cpu}WorkerPool.Scratch(0, (nuint)(stashRow * {loop.Slots.Count} * sizeof(T)));";
        for (var i = 2; i <= loop.Slots.Count; i++) yield return $"T* stash{i} = stash{i - 1} + stashRow;";
    }

    private string LaunchArguments()
    {
        var axes = loop.Inner.Axes();
        var split = loop.Passes.Any(p => p.Scatter != null) ? "Inner" : loop.Passes.Any(p => p.Rows.Count > 0) ? "Rows" : "Any";
        var results = string.Join(", ", loop.Partials.Select(p =>
            $"new {Library.Cpu}Partial<T>({Sizes.Product(p.Place.Axes)}, {Library.Cpu}PartialKind.{p.Op.ToString().Replace("Reduce", "")}, "
            + $"_stage.{Fields.Pointer(p.Place)}, {Sizes.Product(p.Terms)})"));
        var rows = Sizes.Product(loop.Outer.Axes());
        return $"{rows}, {(axes.Count > 0 ? Sizes.Of(axes[0]) : "1")}, {Sizes.Product(axes)}, {Library.Cpu}LoopSplit.{split}, [{results}]";
    }
}
