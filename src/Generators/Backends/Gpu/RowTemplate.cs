using System.Collections.Generic;
using System.Linq;
using System.Text;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Lowering;

namespace MageDsl.Generators.Backends.Gpu;

/// <summary>
/// A loop with reductions over its rows. Threads share a row and combine what each of them has after every pass; the threads beside each other
/// go along the row, or each along a row of its own where that is how things lie in memory, one by one or by fours. Rows that are gone through once
/// may be cut into shares: these leave parts, which a second launch combines in their order.
/// </summary>
internal sealed partial class RowTemplate
{
    private readonly LoweredLoop loop;
    private readonly ScalarDialect values;
    private readonly bool isAlongRows;
    private readonly bool isSplit;

    // Whether what is known of a row is known of four.
    private readonly bool areRowsQuads;

    // Whether a thread goes through a row once, and keeps what it has of it in registers.
    private readonly bool isKept;

    // How many elements a thread keeps, or fours of them.
    private readonly Copies copies = new(8);

    // What is combined across the rows meanwhile, for the other loop of a pair.
    private readonly IReadOnlyList<AcrossReduction> across;

    private RowTemplate(LoweredLoop loop, bool isByOne = false, bool isKept = false, IReadOnlyList<string>? rows = null)
    {
        this.loop = loop;
        this.isKept = isKept;
        across = loop.Passes.SelectMany(p => p.Across).OrderBy(a => a.Number).ToArray();
        if (across.Count > 0) copies = new Copies(KeptOfPair);
        isAlongRows = !loop.IsPart && across.Count == 0 && IsAlongRows(loop);
        var isByIndex = loop.Passes.SelectMany(p => p.Rows).Any(IsByIndex);
        isSplit = !loop.IsPart && loop.Passes.Count == 1 && !isByIndex;
        var axis = !isAlongRows ? loop.Dense : isByIndex ? null : loop.Outer.LastOrDefault();
        var quads = isByOne || isByIndex && loop.IsPart ? QuadPlan.None : loop.IsPart ? QuadPlan.OfPart(loop, rows!) : QuadPlan.Of(loop, axis);
        values = new ScalarDialect(new StageFields(), quads: quads) { Rows = rows ?? System.Array.Empty<string>() };
        areRowsQuads = isAlongRows && values.Quads.Axis != null;
    }

    private CodeWriter Code => values.Code;

    private StageFields Fields => values.Fields;

    public static GpuStage Print(LoweredLoop loop, string name) => new RowTemplate(loop).Run(name);

    /// <summary>The same as a part of a row block with these rows, for whatever loop: threads beside each other go along the row.</summary>
    public static GpuStage PrintPart(LoweredLoop loop, string name, IReadOnlyList<string> rows) =>
        new RowTemplate(loop, rows: rows).Part(name, rows);

    /// <summary>Whether more of what is read for each element lies side by side from row to row than along a row.</summary>
    private static bool IsAlongRows(LoweredLoop loop)
    {
        var values = Value.Reachable(loop.Passes.SelectMany(p => p.Roots)).Where(v => v.Level > 1);
        var loads = values.Select(v => v.Computation).OfType<Load>().ToArray();
        int Dense(LoopVariable? along) => along is null ? 0 : loads.Where(l => l.Access.IsDense(along)).Sum(l => l.Access.Axes.Count);
        return Dense(loop.Outer.LastOrDefault()) > Dense(loop.Dense);
    }

    /// <summary>
    /// Rows that are gone through more than once, by threads along them: what is read and computed the first time is worth keeping.
    /// </summary>
    private bool IsWorthKeeping => !isAlongRows && loop.Passes.Count > 1;

    private static bool IsByIndex(RowReduction row) => row.Reduction.Op is Op.ArgMax or Op.ArgMin;

    private GpuStage Part(string name, IReadOnlyList<string> rows)
    {
        _ = Results();
        if (RowStores() is { Length: > 0 } stored) Code.Block($"if ({IsOwner})", stored);
        var body = Sections.Close(Code, 2);
        var length = Fields.Product(loop.Inner.Axes());
        var signature =
            $"public static void Row<{Threads}>({GpuStage.Self} _a, {GpuStage.Rows} {GpuStage.At}, int row, bool isRow) {ThreadConstraints}";
        var text = new StringBuilder(values.Quads.Member).Append(GpuStage.Head(signature, Fields, values.LooksUp, rows));
        text.Append($"            var shared = {GpuStage.At}.Shared;\n");
        Places(text);
        text.Append("            int lane = global::ILGPU.Group.IdxX * L.Width, lanes = global::ILGPU.Group.DimX * L.Width;\n");
        text.Append($"            int first = 0, end = isRow ? {length} : 0;\n").Append(body).Append($"        {CSharpText.Close}\n");
        var way = $"{Library.Gpu}IGpuRowLoop<{GpuStage.Self}, T>";
        return new GpuStage(name, values.Quads.Describe(loop), loop.Comment, way, Fields.Arguments, values.LooksUp, text.ToString(), Launch: "");
    }

    private const string IsOwner = "isRow && lane == 0";

    // What a thread takes at once, and the threads of a row.
    private const string Threads = GpuBackend.Lanes + ", R";
    private const string ThreadConstraints = $"{GpuBackend.LaneConstraints} where R : struct, {Library.Gpu}IGpuTeam<T>";

    private void Begin()
    {
        Code.Push(0);
        // Sums across rows are for a group that takes one row after the other.
        if (across.Count > 0) Code.Push(Row);
        else Code.PushBeside(Row);
        Sections.Decode(values, "row", loop.Outer);
        if (isKept) BeginKept();
    }

    // The nesting of what is known of a row, which is the level of such values.
    private const int Row = 1;

    /// <summary>Shared memory for places, if any are looked for.</summary>
    private void Places(StringBuilder text)
    {
        if (loop.Passes.SelectMany(p => p.Rows).Any(IsByIndex))
            text.Append($"            var sharedPlaces = {Memory("int")};\n");
    }

    private GpuStage Run(string name)
    {
        var results = Results();
        var stored = RowStores();
        if (isSplit)
        {
            var parts = results.Select((r, i) => $"                    {Part(r, i, results.Count)};\n");
            Code.Block($"if (_a.Shares > 1 && {IsOwner})", string.Concat(parts));
            Code.Block($"else if ({IsOwner})", stored);
        }
        else if (stored.Length > 0)
        {
            Code.Block($"if ({IsOwner})", stored);
        }
        var members = Method("Run", Sections.Close(Code, 2)) + (isSplit ? Finish() : IsWorthKeeping ? RunKept() : "");
        return Stage(name, members, results.Count);
    }

    /// <summary>All passes, and the names of what they have combined.</summary>
    private List<string> Results()
    {
        Begin();
        return loop.Passes.SelectMany(Pass).ToList();
    }

    /// <summary>The same for rows of which a thread has so few elements that it can keep them.</summary>
    private string RunKept()
    {
        var kept = new RowTemplate(loop, isKept: true);
        kept.KeepRow();
        foreach (var argument in kept.Fields.Arguments) _ = Fields[argument];
        return "\n" + kept.Method("RunKept", Sections.Close(kept.Code, 2));
    }

    /// <summary>Goes through a row, of which it keeps all that a thread has.</summary>
    private void KeepRow()
    {
        _ = Results();
        if (RowStores() is { Length: > 0 } stored) Code.Append(Row, $"            if ({IsOwner})\n            {{\n{stored}            }}\n");
        EndKept();
        _ = Sections.Close(Code, loop.Inner.Count);
    }

    private string Rows => Fields.Product(loop.Outer.Axes());

    private string Part(string result, int number, int count)
    {
        var at = $"((share * {count} + {number}) * ({Rows}) + row)";
        return areRowsQuads ? $"L.Store(_a.Parts, {at}, {result})" : $"_a.Parts[{at}] = {result}";
    }

    private string Method(string name, string body)
    {
        var text = new StringBuilder();
        void Line(string line) => text.Append($"            {line}\n");
        var (length, rows) = (Fields.Product(loop.Inner.Axes()), Rows);
        text.Append(GpuStage.Head($"public static void {name}<{Threads}>({GpuStage.Self} _a) {ThreadConstraints}", Fields, values.LooksUp));
        Line($"var shared = {Memory(areRowsQuads ? "V" : "T")};");
        Places(text);
        // The threads of a row, and the rows of a group.
        var (along, across) = isAlongRows ? ("Y", "X") : ("X", "Y");
        var (element, row) = isAlongRows ? ("", " * L.Width") : (" * L.Width", "");
        Line($"int lane = global::ILGPU.Group.Idx{along}{element}, lanes = global::ILGPU.Group.Dim{along}{element};");
        Line($"int side = global::ILGPU.Group.Dim{across}{row}, blocks = (({rows}) + side - 1) / side;");
        Line($"int row = global::ILGPU.Grid.IdxX{(isSplit ? " % blocks" : "")} * side + global::ILGPU.Group.Idx{across}{row};");
        // Threads without a row go along, since all of a group meet in its reductions.
        Line($"bool isRow = row < {rows};");
        Line($"if (!isRow) row = {rows} - {(isAlongRows ? "L.Width" : "1")};");
        if (isSplit)
        {
            Line($"int share = global::ILGPU.Grid.IdxX / blocks, parts = _a.Shares{element};");
            Line($"int each = (({length}) + parts - 1) / parts{element};");
        }
        Line(isSplit ? "int first = share * each;" : "int first = 0;");
        Line(isSplit ? $"int end = !isRow ? 0 : {Library.Math}.Min(first + each, {length});" : $"int end = isRow ? {length} : 0;");
        return text.Append(body).Append($"        {CSharpText.Close}\n").ToString();
    }

    private string Memory(string type) =>
        isAlongRows ? $"global::ILGPU.SharedMemory.Allocate<{type}>({Library.Gpu}GpuThread.Most)" : $"R.Memory<{type}>()";

    /// <summary>Combines the parts of a row: threads beside each other have a row each, those behind them shares of it.</summary>
    private string Finish()
    {
        // Written anew: what is known here are the results of the row and what follows from them.
        var fresh = new RowTemplate(loop, isByOne: true);
        var code = fresh.Code;
        fresh.Begin();
        var rows = loop.Passes[0].Rows;
        for (var i = 0; i < rows.Count; i++)
        {
            var op = rows[i].Reduction.Op;
            var sum = code.New("sum", "T", Reductions.Neutral(op), Row);
            code.Line($"for (int share = global::ILGPU.Group.IdxY; share < _a.Shares; share += global::ILGPU.Group.DimY) " +
                $"{sum} = S.{Reductions.Combine(op)}({sum}, _a.Parts[(share * {rows.Count} + {i}) * ({fresh.Rows}) + row]);");
            fresh.values.Bind(rows[i].Result, code.New("r", "T", $"{Library.Gpu}GpuReduce<T, S>.{Combining(op).Of}Y(shared, {sum})", Row));
        }
        code.Block("if (isRow && global::ILGPU.Group.IdxY == 0)", fresh.RowStores());
        var body = Sections.Close(code, 2);
        var text = GpuStage.Head($"public static void Finish({GpuStage.Self} _a)", fresh.Fields, fresh.values.LooksUp)
            + $"            var shared = global::ILGPU.SharedMemory.Allocate<T>({Library.Gpu}GpuThread.Most);\n"
            + $"            int row = {Library.Gpu}GpuThread.Index;\n"
            + $"            bool isRow = row < {fresh.Rows};\n            if (!isRow) row = {fresh.Rows} - 1;\n"
            + $"{body}        {CSharpText.Close}\n";
        foreach (var argument in fresh.Fields.Arguments) _ = Fields[argument];
        return "\n" + text;
    }

    private GpuStage Stage(string name, string members, int results)
    {
        var sizes = $"{Sizes.Product(loop.Outer.Axes())}, {Sizes.Product(loop.Inner.Axes())}";
        var how = $"{CSharpText.Literal(isAlongRows)}, {values.Quads.Condition}";
        var (kind, launch) = isSplit
            ? ("IGpuSplit", $"Split<{GpuStage.Self}, T, S>(_device, _stage, {sizes}, {results}, {how});")
            : IsWorthKeeping
            ? ("IGpuKeptRows", $"Kept<{GpuStage.Self}, T, S>(_device, _stage, {sizes}, {values.Quads.Condition});")
            : ("IGpuRows", $"Rows<{GpuStage.Self}, T, S>(_device, _stage, {sizes}, {how});");
        if (IsWorthKeeping) members = $"        public static int Kept => {copies.Count};\n\n{members}";
        members = values.Quads.Member + members;
        if (isSplit)
            members = $"        public {GpuFields.View("T")} Parts {{ get; set; }}\n\n        public int Shares {{ get; set; }}\n\n{members}";
        return new GpuStage(
            name, values.Quads.Describe(loop), loop.Comment, $"{Library.Gpu}{kind}<{GpuStage.Self}, T>", Fields.Arguments, values.LooksUp, members,
            $"{Library.Gpu}GpuRowLauncher.{launch}");
    }
}
