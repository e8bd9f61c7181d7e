using System.Collections.Generic;
using System.Linq;
using System.Text;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Emit.Cpu;

/// <summary>
/// Writes a contraction stage: how the GEMM driver gets at runs of its operands (with their prologue), and what it does with runs
/// of finished sums (the epilogue).
/// </summary>
internal sealed class ContractionEmitter
{
    private readonly Schedule schedule;
    private readonly ContractionStage stage;
    private readonly Contraction shape;
    private readonly StageCode code;
    private readonly List<string> methods = new();

    private ContractionEmitter(Schedule schedule, ContractionStage stage, string name)
    {
        this.schedule = schedule;
        this.stage = stage;
        shape = stage.Contraction;
        code = new StageCode(name, stage.Template, StageText.Describe(schedule, stage)) { Interface = $"{Library.Cpu}IContraction<T>" };
    }

    public static StageCode Emit(Schedule schedule, ContractionStage stage, string name) => new ContractionEmitter(schedule, stage, name).Run();

    private StageCode Run()
    {
        var leftAlongK = IsAlongK(shape.Left, shape.Rows);
        var rightAlongK = IsAlongK(shape.Right, shape.Columns);
        Operand("Left", shape.Left, leftAlongK ? shape.Rows : shape.K, leftAlongK ? shape.K : shape.Rows);
        Operand("Right", shape.Right, rightAlongK ? shape.Columns : shape.K, rightAlongK ? shape.K : shape.Columns);
        var target = DirectTarget();
        Store(isUsed: target is null);
        Target(target);
        var text = new StringBuilder();
        text.Append($"        public static bool LeftAlongK => {(leftAlongK ? "true" : "false")};\n\n");
        text.Append($"        public static bool RightAlongK => {(rightAlongK ? "true" : "false")};\n\n");
        text.Append($"        public static bool Direct => {(target is null ? "false" : "true")};\n");
        var locals = string.Concat(code.Locals().Select(l => $"            {l}\n"));
        foreach (var method in methods) text.Append('\n').Append(method.Replace("            @locals\n", locals));
        code.Members = text.ToString();
        code.Launcher = ($"{Library.Cpu}Gemm.Run", $"{Sizes.Product(shape.Batch)}, {Sizes.Product(shape.Rows)}, {Sizes.Product(shape.Columns)}, {Sizes.Product(shape.K)}");
        return code;
    }

    /// <summary>Whether the operand lies densely along the summed axes rather than along its own.</summary>
    private bool IsAlongK(int operand, IReadOnlyList<string> own)
    {
        var axis = new VectorAxis(schedule.Program, schedule.Target, id => schedule.IsRead(id, stage) ? schedule.Places[id].Axes : null);
        axis.Read(operand);
        return shape.K.Contains(axis.Best(own.Concat(shape.K)));
    }

    private ValueEmitter Begin(out Level top, string batch, string row, IReadOnlyList<string> rowAxes)
    {
        var values = new ValueEmitter(schedule, stage, code.Fields);
        top = values.Push(shape.Batch.Concat(rowAxes).Select(Names.Variable).Concat(new[] { batch, row }).ToArray());
        Decode(top, batch, shape.Batch);
        Decode(top, row, rowAxes);
        return values;
    }

    /// <summary>Takes a flat index apart into one per axis.</summary>
    private void Decode(Level level, string flat, IReadOnlyList<string> axes)
    {
        for (var i = axes.Count - 1; i >= 0; i--)
        {
            var size = code.Fields.Size(axes[i]);
            var value = i == 0 ? flat : $"{flat} % {size}";
            level.Line($"nint {Names.Variable(axes[i])} = {value};");
            if (i > 0) level.Line($"{flat} /= {size};");
        }
    }

    private IndexEnvironment Environment(IReadOnlyList<string> rows, IReadOnlyList<string> run) =>
        new(shape.Batch.Concat(rows).Concat(run), Names.Variable);

    private void Operand(string name, int operand, IReadOnlyList<string> rows, IReadOnlyList<string> run)
    {
        var values = Begin(out var top, "batch", "row", rows);
        var env = Environment(rows, run);
        var plain = OperandMemory.PlainRead(schedule, stage, code.Fields, operand, env);
        var whole = plain is var (p, e) ? OperandMemory.CollapsedSuffix(p, e, run) : 0;
        if (plain is var (place, inner) && whole == run.Count)
        {
            values.Vector = "start";
            var (address, _) = values.Address(code.Fields.Pointer(place), place.Axes, place.Stride, OperandMemory.Flattened(place, inner, run, "start"));
            top.Line($"return {address};");
        }
        else
        {
            var flat = whole > 1 ? run.Skip(run.Count - whole).ToArray() : new[] { run[run.Count - 1] };
            top.Line("T* to = scratch;");
            Runs(values, run.Take(run.Count - flat.Length).ToArray(), flat, "start", "count", (from, end) =>
            {
                var variable = values.Vector;
                if (plain is var (source, there) && whole > 0)
                {
                    // A run within one stretch of memory needs no copy.
                    var at = OperandMemory.Flattened(source, there, flat, variable);
                    values.Vector = from;
                    var (address, _) = values.Address(code.Fields.Pointer(source), source.Axes, source.Stride, OperandMemory.Flattened(source, there, flat, from));
                    values.Top.Line($"if ({end} - {from} == count) return {address};");
                    values.Vector = variable;
                    Vectors(values, variable, from, end, () => Copy(values.Value(source, at)));
                }
                else Vectors(values, variable, from, end, () => Copy(values.Value(operand, env)));
                values.Top.Line($"to += {end} - {from};");

                void Copy(string value) => values.Top.Line(values.IsTail ? $"S.StoreTail(to + ({variable} - {from}), {value}, {values.Lanes});" : $"S.Store(to + ({variable} - {from}), {value});");
            });
            top.Line("return scratch;");
        }
        Method($"public T* {name}<S, V>(nint batch, nint row, nint start, nint count, T* scratch)", values);
    }

    private void Store(bool isUsed)
    {
        var values = Begin(out var top, "batch", "m", shape.Rows);
        if (!isUsed) top.Line("throw new global::System.InvalidOperationException(\"The sums are stored directly.\");");
        else
        {
            var env = Environment(shape.Rows, shape.Columns);
            top.Line("T* at = sums;");
            Runs(values, shape.Columns.Take(shape.Columns.Count - 1).ToArray(), new[] { shape.Columns[shape.Columns.Count - 1] }, "n", "count", (from, end) =>
            {
                var variable = values.Vector;
                Vectors(values, variable, from, end, () =>
                {
                    var sum = values.Name("sum");
                    values.Top.Line(values.IsTail ? $"V {sum} = S.LoadTail(at + ({variable} - {from}), {values.Lanes});" : $"V {sum} = S.Load(at + ({variable} - {from}));");
                    values.Given[stage.Root] = sum;
                    foreach (var item in stage.Items)
                        if (schedule.Places.TryGetValue(item.Node, out var place)) values.Store(place, values.Value(item.Node, env), env);
                });
                values.Top.Line($"at += {end} - {from};");
            });
        }
        Method("public void Store<S, V>(nint batch, nint m, nint n, nint count, T* sums)", values);
    }

    /// <summary>
    /// Cuts a run over several flattened axes into stretches along the last ones, which count as one. The first stretch is found by
    /// division, the others by counting on.
    /// </summary>
    private void Runs(ValueEmitter values, IReadOnlyList<string> outer, IReadOnlyList<string> last, string start, string count, System.Action<string, string> stretch)
    {
        values.Vector = Names.Variable(last[last.Count - 1]);
        values.Top.Line($"nint end = {start} + {count};");
        if (outer.Count == 0)
        {
            stretch(start, "end");
            return;
        }
        var length = code.Fields.Product(last);
        values.Top.Line($"nint flat = {start} / ({length});");
        values.Top.Line($"nint from = {start} % ({length});");
        for (var i = outer.Count - 1; i >= 0; i--)
        {
            values.Top.Line($"nint {Names.Variable(outer[i])} = {(i == 0 ? "flat" : $"flat % {code.Fields.Size(outer[i])}")};");
            if (i > 0) values.Top.Line($"flat /= {code.Fields.Size(outer[i])};");
        }
        values.Push(outer.Select(Names.Variable).Concat(new[] { "from", "stop" }).ToArray());
        values.Top.Line($"nint stop = {Library.Math}.Min({length}, from + (end - {start}));");
        stretch("from", "stop");
        values.Top.Line($"{start} += stop - from;");
        values.Top.Line("from = 0;");
        var carry = $"++{Names.Variable(outer[0])};";
        for (var i = 1; i < outer.Count; i++) carry = $"if (++{Names.Variable(outer[i])} == {code.Fields.Size(outer[i])}) {{ {Names.Variable(outer[i])} = 0; {carry} }}";
        values.Top.Line(carry);
        var body = values.Pop();
        values.Top.Line($"while ({start} < end)");
        values.Top.Line("{");
        values.Top.Append(body);
        values.Top.Line("}");
    }

    private static void Vectors(ValueEmitter values, string variable, string from, string end, System.Action body)
    {
        values.Run = (from, end, $"{end} - {from}");
        var at = values.Name("x");
        values.Top.Line($"nint {at} = {from};");
        Block($"for (; {at} + S.Width <= {end}; {at} += S.Width)", "S.Width");
        Block($"if ({at} < {end})", values.Name("rest"));
        values.Lanes = "S.Width";

        void Block(string head, string lanes)
        {
            values.Push(variable);
            values.Top.Line($"nint {variable} = {at};");
            values.Lanes = lanes;
            if (values.IsTail) values.Top.Line($"nint {lanes} = {end} - {at};");
            body();
            var level = values.Pop();
            values.Top.Line(head);
            values.Top.Line("{");
            values.Top.Append(level);
            values.Top.Line("}");
        }
    }

    private void Method(string signature, ValueEmitter values)
    {
        var top = values.Pop();
        var text = new StringBuilder();
        text.Append($"        {Library.Optimized}\n");
        text.Append($"        {signature}\n            {Library.Vectors}\n        {CSharpText.Open}\n            @locals\n");
        if (values.UsesLanes) text.Append("            T* lanes = stackalloc T[64];\n            int* idLanes = stackalloc int[64];\n");
        foreach (var line in top.ToString().Split('\n')) if (line.Length > 0) text.Append("    ").Append(line).Append('\n');
        methods.Add(text.Append($"        {CSharpText.Close}\n").ToString());
    }

    /// <summary>The only place that the bare sums go to, if rows and columns are one stride each there.</summary>
    private Place? DirectTarget()
    {
        var stored = stage.Items.Where(i => schedule.Places.ContainsKey(i.Node)).ToArray();
        if (stored.Length != 1 || stored[0].Node != stage.Root) return null;
        var place = schedule.Places[stage.Root];
        var env = Environment(shape.Rows, shape.Columns);
        if (OperandMemory.Strides(place, env, shape.Columns) is not { } columns || columns[columns.Count - 1].Count > 0 || !OperandMemory.Collapses(columns, shape.Columns)) return null;
        return OperandMemory.Strides(place, env, shape.Rows) is { } rows && OperandMemory.Collapses(rows, shape.Rows) ? place : null;
    }

    private void Target(Place? place)
    {
        var text = new StringBuilder($"        public T* Target(nint batch, out nint stride)\n        {CSharpText.Open}\n            @locals\n");
        if (place is null) text.Append("            throw new global::System.InvalidOperationException(\"The sums go through the epilogue.\");\n");
        else
        {
            var values = new ValueEmitter(schedule, stage, code.Fields) { Vector = "" };
            var top = values.Push(shape.Batch.Select(Names.Variable).Append("batch").ToArray());
            Decode(top, "batch", shape.Batch);
            var env = Environment(shape.Rows, shape.Columns);
            foreach (var axis in shape.Rows.Concat(shape.Columns)) env = env.With(axis, new Affine(default));
            var (address, _) = values.Address(code.Fields.Pointer(place), place.Axes, place.Stride, env);
            top.Line($"stride = {code.Fields.Product(place.Stride(shape.Rows[shape.Rows.Count - 1]))};");
            top.Line($"return {address};");
            foreach (var line in values.Pop().ToString().Split('\n')) if (line.Length > 0) text.Append("    ").Append(line).Append('\n');
        }
        methods.Add(text.Append($"        {CSharpText.Close}\n").ToString());
    }
}
