using System.Collections.Generic;
using System.Linq;
using System.Text;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Lowering;

namespace MageDsl.Generators.Backends.Gpu;

/// <summary>
/// A loop with reductions over its rows. Threads share a row and combine what each of them has after every pass; the threads beside each other
/// go along the row, or each along a row of its own where that is how things lie in memory. Rows that are gone through once may be cut into
/// shares: these leave parts, which a second launch combines in their order.
/// </summary>
internal sealed class RowTemplate
{
    private readonly LoweredLoop loop;
    private readonly ScalarDialect values = new(new StageFields());
    private readonly bool isAlongRows;
    private readonly bool isSplit;

    private RowTemplate(LoweredLoop loop)
    {
        this.loop = loop;
        isAlongRows = !loop.IsPart && IsAlongRows(loop);
        isSplit = !loop.IsPart && loop.Passes.Count == 1 && loop.Passes[0].Rows.All(r => !IsByIndex(r));
    }

    private CodeWriter Code => values.Code;

    private StageFields Fields => values.Fields;

    public static GpuStage Print(LoweredLoop loop, string name) => new RowTemplate(loop).Run(name);

    /// <summary>The same as a part of a row block with these rows, for whatever loop: threads beside each other go along the row.</summary>
    public static GpuStage PrintPart(LoweredLoop loop, string name, IReadOnlyList<string> rows) => new RowTemplate(loop).Part(name, rows);

    /// <summary>Whether more of what is read lies side by side from row to row than along a row.</summary>
    private static bool IsAlongRows(LoweredLoop loop)
    {
        var loads = Value.Reachable(loop.Passes.SelectMany(p => p.Roots)).Select(v => v.Computation).OfType<Load>().ToArray();
        int Dense(LoopVariable? along) => along is null ? 0 : loads.Where(l => l.Access.IsDense(along)).Sum(l => l.Access.Axes.Count);
        return Dense(loop.Outer.LastOrDefault()) > Dense(loop.Dense);
    }

    private static bool IsByIndex(RowReduction row) => row.Reduction.Op is Op.ArgMax or Op.ArgMin;

    private GpuStage Part(string name, IReadOnlyList<string> rows)
    {
        Begin();
        foreach (var pass in loop.Passes) _ = Pass(pass).ToList();
        if (RowStores() is { Length: > 0 } stored) Code.Block($"if ({IsOwner})", stored);
        var body = Sections.Close(Code, 2);
        var length = Fields.Product(loop.Inner.Axes());
        var signature = $"public static void Row({GpuStage.Self} _a, {Library.Gpu}GpuRows<T> {GpuStage.At}, int row, bool isRow)";
        var text = new StringBuilder(GpuStage.Head(signature, Fields, values.LooksUp, rows));
        text.Append($"            var shared = {GpuStage.At}.Shared;\n");
        Places(text);
        text.Append("            int lane = global::ILGPU.Group.IdxX, lanes = global::ILGPU.Group.DimX;\n");
        text.Append($"            int first = 0, end = isRow ? {length} : 0;\n").Append(body).Append($"        {CSharpText.Close}\n");
        var way = $"{Library.Gpu}IGpuRowLoop<{GpuStage.Self}, T>";
        return new GpuStage(name, loop.Template, loop.Comment, way, Fields.Arguments, values.LooksUp, text.ToString(), Launch: "");
    }

    private const string IsOwner = "isRow && lane == 0";

    private void Begin()
    {
        Code.Push(0);
        Code.PushBeside(1);
        Sections.Decode(values, "row", loop.Outer);
    }

    /// <summary>Shared memory for places, if any are looked for.</summary>
    private void Places(StringBuilder text)
    {
        if (loop.Passes.SelectMany(p => p.Rows).Any(IsByIndex))
            text.Append($"            var sharedPlaces = global::ILGPU.SharedMemory.Allocate<int>({Library.Gpu}GpuThread.Most);\n");
    }

    private GpuStage Run(string name)
    {
        Begin();
        var results = loop.Passes.SelectMany(Pass).ToList();
        var stored = RowStores();
        if (isSplit)
        {
            Code.Block($"if (_a.Shares > 1 && {IsOwner})", string.Concat(
                results.Select((r, i) => $"                    _a.Parts[((share * {results.Count} + {i}) * ({Rows}) + row)] = {r};\n")));
            Code.Block($"else if ({IsOwner})", stored);
        }
        else if (stored.Length > 0)
        {
            Code.Block($"if ({IsOwner})", stored);
        }
        var body = Sections.Close(Code, 2);
        var finish = isSplit ? Finish() : "";
        return Stage(name, Method(body) + finish, results.Count);
    }

    private string Rows => Fields.Product(loop.Outer.Axes());

    /// <summary>What of a row is stored; its values go where they are known.</summary>
    private string RowStores()
    {
        var text = loop.RowStores.Select(s => (Store: s, Value: values.Value(s.Value))).ToArray();
        Code.PushWithin();
        foreach (var (store, value) in text) values.Store(store, value);
        return Code.Pop();
    }

    /// <summary>One pass, and the names of what it has combined over the row.</summary>
    private IEnumerable<string> Pass(Pass pass)
    {
        var sums = pass.Rows.Select(r => (Row: r, Name: Code.New("sum", "T", Reductions.Neutral(r.Reduction.Op), Code.Innermost))).ToArray();
        var places = pass.Rows.Where(IsByIndex).ToDictionary(r => r, _ => Code.New("place", "int", "lane", Code.Innermost));
        var at = Code.Name("at");
        Code.Push(2);
        Sections.Decode(values, at, loop.Inner);
        Sections.Open(Code, 3, loop.Inner.Count + 1);
        foreach (var (row, sum) in sums)
        {
            var value = values.Value(row.Reduction.Value);
            if (places.TryGetValue(row, out var place))
                Code.Line($"if ({Reduce}.IsBetter{Extremum(row)}({sum}, {value})) {{ {sum} = {value}; {place} = {at}; }}");
            else Code.Line($"{sum} = S.{Reductions.Combine(row.Reduction.Op)}({sum}, {value});");
        }
        var stored = pass.Stores.Select(s => (Store: s, Value: values.Value(s.Value))).ToArray();
        foreach (var (store, value) in stored) values.Store(store, value);
        var body = Sections.Close(Code, System.Math.Max(loop.Inner.Count, 1));
        Code.Block($"for (int {at} = first + lane; {at} < end; {at} += lanes)", body);
        var along = isAlongRows ? "Y" : "X";
        foreach (var (row, sum) in sums)
        {
            var result = places.TryGetValue(row, out var place)
                ? $"S.Of({Reduce}.Arg{Extremum(row)}{along}(shared, sharedPlaces, {sum}, {place}))"
                : $"{Reduce}.{(row.Reduction.Op == Op.ReduceSum ? "Sum" : Reductions.Combine(row.Reduction.Op))}{along}(shared, {sum})";
            var name = Code.New("r", "T", result, Code.Innermost);
            values.Bind(row.Result, name);
            yield return name;
        }
    }

    private const string Reduce = Library.Gpu + "GpuReduce<T, S>";

    private static string Extremum(RowReduction row) => row.Reduction.Op == Op.ArgMax ? "Max" : "Min";

    private string Method(string body)
    {
        var text = new StringBuilder();
        void Line(string line) => text.Append($"            {line}\n");
        var (length, rows) = (Fields.Product(loop.Inner.Axes()), Rows);
        text.Append(GpuStage.Head($"public static void Run({GpuStage.Self} _a)", Fields, values.LooksUp));
        Line($"var shared = global::ILGPU.SharedMemory.Allocate<T>({Library.Gpu}GpuThread.Most);");
        Places(text);
        var (along, across) = isAlongRows ? ("Y", "X") : ("X", "Y");
        Line($"int lane = global::ILGPU.Group.Idx{along}, lanes = global::ILGPU.Group.Dim{along};");
        Line($"int blocks = (({rows}) + global::ILGPU.Group.Dim{across} - 1) / global::ILGPU.Group.Dim{across};");
        Line($"int row = global::ILGPU.Grid.IdxX{(isSplit ? " % blocks" : "")} * global::ILGPU.Group.Dim{across} + global::ILGPU.Group.Idx{across};");
        // Threads without a row go along, since all of a group meet in its reductions.
        Line($"bool isRow = row < {rows};");
        Line($"if (!isRow) row = {rows} - 1;");
        if (isSplit) Line($"int share = global::ILGPU.Grid.IdxX / blocks, each = (({length}) + _a.Shares - 1) / _a.Shares;");
        Line(isSplit ? "int first = share * each;" : "int first = 0;");
        Line(isSplit ? $"int end = !isRow ? 0 : {Library.Math}.Min(first + each, {length});" : $"int end = isRow ? {length} : 0;");
        return text.Append(body).Append($"        {CSharpText.Close}\n").ToString();
    }

    /// <summary>Combines the parts of a row: a thread for each.</summary>
    private string Finish()
    {
        // Written anew: what is known here are the results of the row and what follows from them.
        var fresh = new RowTemplate(loop);
        var code = fresh.Code;
        code.Push(0);
        code.PushBeside(1);
        Sections.Decode(fresh.values, "row", loop.Outer);
        var rows = loop.Passes[0].Rows;
        for (var i = 0; i < rows.Count; i++)
        {
            var sum = code.New("sum", "T", Reductions.Neutral(rows[i].Reduction.Op), code.Innermost);
            code.Line($"for (int share = 0; share < _a.Shares; share++) {sum} = S.{Reductions.Combine(rows[i].Reduction.Op)}({sum}, " +
                $"_a.Parts[(share * {rows.Count} + {i}) * ({fresh.Rows}) + row]);");
            fresh.values.Bind(rows[i].Result, sum);
        }
        var stores = fresh.RowStores();
        code.Append(stores);
        var body = Sections.Close(code, 2);
        var text = GpuStage.Head($"public static void Finish({GpuStage.Self} _a)", fresh.Fields, fresh.values.LooksUp)
            + $"            int row = {Library.Gpu}GpuThread.Index;\n            if (row >= {fresh.Rows}) return;\n"
            + $"{body}        {CSharpText.Close}\n";
        foreach (var argument in fresh.Fields.Arguments) _ = Fields[argument];
        return "\n" + text;
    }

    private GpuStage Stage(string name, string members, int results)
    {
        var (rows, length) = (Sizes.Product(loop.Outer.Axes()), Sizes.Product(loop.Inner.Axes()));
        var alongRows = isAlongRows ? "true" : "false";
        if (!isSplit)
        {
            var run = $"{Library.Gpu}GpuLauncher.Rows(_device, _stage, {rows}, {length}, {alongRows});";
            return new GpuStage(
                name, loop.Template, loop.Comment, $"{Library.Gpu}IGpuStage<{GpuStage.Self}>", Fields.Arguments, values.LooksUp, members, run);
        }
        members = $"        public {GpuFields.View("T")} Parts {{ get; set; }}\n\n        public int Shares {{ get; set; }}\n\n{members}";
        var launch = $"{Library.Gpu}GpuLauncher.Split<{GpuStage.Self}, T>(_device, _stage, {rows}, {length}, {results}, {alongRows});";
        return new GpuStage(
            name, loop.Template, loop.Comment, $"{Library.Gpu}IGpuSplit<{GpuStage.Self}, T>", Fields.Arguments, values.LooksUp, members, launch);
    }
}
