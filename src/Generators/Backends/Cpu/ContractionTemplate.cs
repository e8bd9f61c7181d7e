using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Lowering;

namespace MageDsl.Generators.Backends.Cpu;

/// <summary>
/// Prints a contraction stage: how the GEMM driver gets at runs of its operands (with their prologue), and what it does with runs
/// of finished sums (the epilogue).
/// </summary>
internal sealed class ContractionTemplate
{
    private readonly StageFields fields = new();

    public static StageCode Print(LoweredContraction stage, string name) => new ContractionTemplate().Run(stage, name);

    private StageCode Run(LoweredContraction stage, string name)
    {
        var (shape, direct) = (stage.Shape, stage.Direct);
        var (left, right) = (Operand("Left", stage.Left), Operand("Right", stage.Right));
        var (store, target) = (Store(stage.Epilogue, isUsed: direct is null), Target(direct, stage.Epilogue.Axes.Batch));
        var text = new StringBuilder();
        text.Append($"        public static bool LeftAlongK => {CSharpText.Literal(stage.Left.IsAlongK)};\n\n");
        text.Append($"        public static bool RightAlongK => {CSharpText.Literal(stage.Right.IsAlongK)};\n\n");
        text.Append($"        public static bool Direct => {CSharpText.Literal(direct != null)};\n");
        // All methods have all locals, those included that only a later one asks for.
        var locals = StageCode.Locals(fields);
        foreach (var (head, body) in new[] { left, right, store, target })
            text.Append($"\n{head}        {CSharpText.Open}\n{locals}{body}        {CSharpText.Close}\n");
        var sizes = string.Join(", ", new[] { shape.Batch, shape.Rows, shape.Columns, shape.K }.Select(Sizes.Product));
        var launch = ($"{Library.Cpu}Gemm.Run", sizes);
        return new StageCode(name, stage.Template, stage.Comment, $"{Library.Cpu}IContraction<T>", fields.Arguments, text.ToString(), launch);
    }

    private VectorDialect Begin(string batch, IReadOnlyList<LoopVariable> batchAxes, string row, IReadOnlyList<LoopVariable> rowAxes)
    {
        var values = new VectorDialect(fields);
        values.Code.Push(0);
        Decode(values.Code, batch, batchAxes);
        Decode(values.Code, row, rowAxes);
        return values;
    }

    /// <summary>Takes a flat index apart into one per axis.</summary>
    private void Decode(CodeWriter code, string flat, IReadOnlyList<LoopVariable> axes)
    {
        for (var i = axes.Count - 1; i >= 0; i--)
        {
            var variable = Names.Variable(axes[i]);
            code.Line($"nint {variable} = {(i == 0 ? flat : $"{flat} % {fields.Size(axes[i].Axis)}")};");
            if (i > 0) code.Line($"{flat} /= {fields.Size(axes[i].Axis)};");
        }
    }

    private (string Head, string Body) Operand(string name, Operand operand)
    {
        var axes = operand.Axes;
        var values = Begin("batch", axes.Batch, "row", axes.Rows);
        var code = values.Code;
        var memory = operand.IsInMemory ? (Load)operand.Value.Computation : null;
        string Address(string at) => values.Address(fields.Pointer(memory!.Place), memory.Access, new Lanes(axes.Dense, at)).Address;
        if (memory != null && axes.Outer.Count == 0)
        {
            code.Line($"return {Address("start")};");
        }
        else
        {
            code.Line("T* to = scratch;");
            Runs(code, axes, "start", "count", run =>
            {
                // A run within one stretch of memory needs no copy.
                if (memory != null) code.Line($"if ({run.End} - {run.From} == count) return {Address(run.From)};");
                Vectors(code, axes.Dense, run, lanes =>
                {
                    var value = values.Value(operand.Value, lanes);
                    code.Line(VectorDialect.StoreDense($"to + ({lanes.Variable} - {run.From})", value, lanes));
                });
                code.Line($"to += {run.End} - {run.From};");
            });
            code.Line("return scratch;");
        }
        return Method($"public T* {name}<S, V>(nint batch, nint row, nint start, nint count, T* scratch)", values);
    }

    private (string Head, string Body) Store(Epilogue epilogue, bool isUsed)
    {
        var axes = epilogue.Axes;
        var values = Begin("batch", axes.Batch, "m", axes.Rows);
        var code = values.Code;
        if (!isUsed)
        {
            code.Line("throw new global::System.InvalidOperationException(\"The sums are stored directly.\");");
        }
        else
        {
            code.Line("T* at = sums;");
            Runs(code, axes, "n", "count", run =>
            {
                Vectors(code, axes.Dense, run, lanes =>
                {
                    var load = VectorDialect.LoadDense($"at + ({lanes.Variable} - {run.From})", lanes);
                    values.Bind(epilogue.Sum, code.New("sum", "V", load, code.Innermost));
                    foreach (var store in epilogue.Stores) values.Store(store, values.Value(store.Value, lanes), lanes);
                });
                code.Line($"at += {run.End} - {run.From};");
            });
        }
        return Method("public void Store<S, V>(nint batch, nint m, nint n, nint count, T* sums)", values);
    }

    /// <summary>
    /// Cuts a run over several flattened axes into stretches along the last ones, which count as one. The first stretch is found by
    /// division, the others by counting on.
    /// </summary>
    private void Runs(CodeWriter code, RunAxes axes, string start, string count, Action<VectorRun> stretch)
    {
        code.Line($"nint end = {start} + {count};");
        if (axes.Outer.Count == 0)
        {
            stretch(new VectorRun(start, "end", $"end - {start}", 0));
            return;
        }
        var length = fields.Product(axes.Flat.Axes());
        code.Line($"nint flat = {start} / ({length});");
        code.Line($"nint from = {start} % ({length});");
        Decode(code, "flat", axes.Outer);
        code.Push(1);
        code.Line($"nint stop = {Library.Math}.Min({length}, from + (end - {start}));");
        stretch(new VectorRun("from", "stop", "stop - from", 1));
        code.Line($"{start} += stop - from;");
        code.Line("from = 0;");
        var first = $"++{Names.Variable(axes.Outer[0])};";
        code.Line(axes.Outer.Skip(1).Aggregate(first, (carry, axis) => Carry(Names.Variable(axis), fields.Size(axis.Axis), carry)));
        var body = code.Pop();
        code.Block($"while ({start} < end)", body);

        static string Carry(string variable, string size, string next) => $"if (++{variable} == {size}) {{ {variable} = 0; {next} }}";
    }

    private static void Vectors(CodeWriter code, LoopVariable dense, VectorRun run, Action<Lanes> body)
    {
        var at = code.New("x", "nint", run.From, code.Innermost);
        var lanes = new Lanes(dense, Names.Variable(dense), Lanes.All, run);
        Block($"for (; {at} + S.Width <= {run.End}; {at} += S.Width)", lanes);
        Block($"if ({at} < {run.End})", lanes with { Count = code.Name("rest") });

        void Block(string head, Lanes lanes)
        {
            code.Push(dense.Level);
            code.Line($"nint {lanes.Variable} = {at};");
            if (lanes.IsTail) code.Line($"nint {lanes.Count} = {run.End} - {at};");
            body(lanes);
            var text = code.Pop();
            code.Block(head, text);
        }
    }

    private static (string Head, string Body) Method(string signature, VectorDialect values) =>
        ($"        {Library.Optimized}\n        {signature}\n            {Library.Vectors}\n", values.LaneMemory + values.Code.Pop());

    /// <summary>Where the driver adds up bare sums.</summary>
    private (string Head, string Body) Target(DirectTarget? target, IReadOnlyList<LoopVariable> batch)
    {
        const string Head = "        public T* Target(nint batch, out nint stride)\n";
        if (target is null) return (Head, "            throw new global::System.InvalidOperationException(\"The sums go through the epilogue.\");\n");
        var values = Begin("batch", batch, "", Array.Empty<LoopVariable>());
        var address = values.Address(fields.Pointer(target.Place), target.Access, Lanes.None).Address;
        values.Code.Line($"stride = {fields.Product(target.RowStride)};");
        values.Code.Line($"return {address};");
        return (Head, values.Code.Pop());
    }
}
