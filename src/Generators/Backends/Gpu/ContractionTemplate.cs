using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Lowering;

namespace MageDsl.Generators.Backends.Gpu;

/// <summary>
/// A contraction: how an element of each operand is got at (with its prologue), and what is done with a finished sum (the epilogue).
/// </summary>
internal static class ContractionTemplate
{
    public static GpuStage Print(LoweredContraction stage, string name)
    {
        var fields = new StageFields();
        var left = Operand(fields, stage.Left, "m", "k");
        var right = Operand(fields, stage.Right, "n", "k");
        var store = Epilogue(fields, stage.Epilogue);
        var looksUp = left.LooksUp || right.LooksUp || store.LooksUp;
        var text = new StringBuilder();
        Method("V", "Left", "int m, int k", left.Text);
        Method("V", "Right", "int k, int n", right.Text);
        Method("void", "Store", "int m, int n, V sum", store.Text);
        var sizes = string.Join(", ", new[] { stage.Shape.Batch, stage.Shape.Rows, stage.Shape.Columns, stage.Shape.K }.Select(Sizes.Product));
        var along = $"{(stage.Left.IsAlongK ? "true" : "false")}, {(stage.Right.IsAlongK ? "true" : "false")}";
        var fours = string.Join(", ", new[] { left.Quads, right.Quads, store.Quads }.Select(q => q.Condition));
        var launch = $"{Library.Gpu}GpuGemm.Run<{GpuStage.Self}, T, S>(_device, _stage, {sizes}, {along}, {fours});";
        return new GpuStage(
            name, stage.Template, stage.Comment, $"{Library.Gpu}IGpuContraction<{GpuStage.Self}, T>",
            fields.Arguments, looksUp, text.ToString(), launch);

        void Method(string result, string method, string parameters, string body)
        {
            if (text.Length > 0) text.Append('\n');
            var signature = $"public static {result} {method}<{GpuBackend.Lanes}>({GpuStage.Self} _a, int batch, {parameters}) {GpuBackend.LaneConstraints}";
            text.Append(GpuStage.Head(signature, fields, looksUp)).Append(body).Append($"        {CSharpText.Close}\n");
        }
    }

    private static Code Operand(StageFields fields, Operand operand, string own, string k)
    {
        var (rows, run) = operand.IsAlongK ? (own, k) : (k, own);
        var values = Begin(fields, operand.Axes, rows, run, new[] { operand.Value }, Array.Empty<Store>());
        values.Code.Line($"return {values.Spread(operand.Value)};");
        return Close(values);
    }

    private static Code Epilogue(StageFields fields, Epilogue epilogue)
    {
        var values = Begin(fields, epilogue.Axes, "m", "n", epilogue.Stores.Select(s => s.Value), epilogue.Stores);
        // Of one number there is no other sum than itself.
        values.Bind(epilogue.Sum, values.Quads.Axis is null ? "L.Sum(sum)" : "sum");
        foreach (var store in epilogue.Stores) values.Store(store, values.Value(store));
        return Close(values);
    }

    // What is known of the item and the row, of the outer axes of a run, and within them.
    private const int Levels = 3;

    /// <summary>All indices, from flat ones; those of a run that count as one in memory stay one.</summary>
    private static ScalarDialect Begin(
        StageFields fields, RunAxes axes, string rows, string run, IEnumerable<Value> roots, IReadOnlyList<Store> stores)
    {
        var values = new ScalarDialect(fields, quads: QuadPlan.Of(axes.Dense, roots, stores));
        values.Code.Push(0);
        Sections.Decode(values, "batch", axes.Batch);
        Sections.Decode(values, rows, axes.Rows);
        Sections.Decode(values, run, Run(fields, axes).ToArray());
        Sections.Open(values.Code, 1, Levels - 1);
        return values;
    }

    private static IEnumerable<(string Name, string Size)> Run(StageFields fields, RunAxes axes) =>
        axes.Outer.Select(v => (Names.Variable(v), fields.Size(v.Axis))).Append((Names.Variable(axes.Dense), fields.Product(axes.Flat.Axes())));

    private static Code Close(ScalarDialect values) => new(Sections.Close(values.Code, Levels), values.LooksUp, values.Quads);

    private sealed record Code(string Text, bool LooksUp, QuadPlan Quads);
}
