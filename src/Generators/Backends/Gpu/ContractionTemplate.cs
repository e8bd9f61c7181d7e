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
    /// <param name="stage">The contraction.</param>
    /// <param name="name">The struct's name.</param>
    /// <param name="rows">The rows of the row block that it is part of; null if it is a launch.</param>
    public static GpuStage Print(LoweredContraction stage, string name, IReadOnlyList<string>? rows = null)
    {
        var fields = new StageFields();
        var left = Operand(fields, stage.Left, "m", "k");
        var right = Operand(fields, stage.Right, "n", "k");
        var store = Epilogue(fields, stage.Epilogue);
        var looksUp = left.LooksUp || right.LooksUp || store.LooksUp;
        var text = new StringBuilder();
        var self = $"{GpuStage.Self} _a{(rows is null ? "" : $", {Library.Gpu}GpuRows<T> {GpuStage.At}")}";
        Method($"public static T Left({self}, int batch, int m, int k)", left.Text);
        Method($"public static T Right({self}, int batch, int k, int n)", right.Text);
        Method($"public static void Store({self}, int batch, int m, int n, T sum)", store.Text);
        var sizes = string.Join(", ", new[] { stage.Shape.Batch, stage.Shape.Rows, stage.Shape.Columns, stage.Shape.K }.Select(Sizes.Product));
        var along = $"{(stage.Left.IsAlongK ? "true" : "false")}, {(stage.Right.IsAlongK ? "true" : "false")}";
        var launch = $"{Library.Gpu}GpuGemm.Run<{GpuStage.Self}, T, S>(_device, _stage, {sizes}, {along});";
        return new GpuStage(
            name, stage.Template, stage.Comment, $"{Library.Gpu}IGpu{(rows is null ? "" : "Row")}Contraction<{GpuStage.Self}, T>",
            fields.Arguments, looksUp, text.ToString(), launch);

        void Method(string signature, string body)
        {
            if (text.Length > 0) text.Append('\n');
            text.Append(GpuStage.Head(signature, fields, looksUp, rows)).Append(body).Append($"        {CSharpText.Close}\n");
        }
    }

    private static (string Text, bool LooksUp) Operand(StageFields fields, Operand operand, string own, string k)
    {
        var (rows, run) = operand.IsAlongK ? (own, k) : (k, own);
        var values = Begin(fields, operand.Axes, rows, run);
        values.Code.Line($"return {values.Value(operand.Value)};");
        return (Sections.Close(values.Code, Levels), values.LooksUp);
    }

    private static (string Text, bool LooksUp) Epilogue(StageFields fields, Epilogue epilogue)
    {
        var values = Begin(fields, epilogue.Axes, "m", "n");
        values.Bind(epilogue.Sum, "sum");
        foreach (var store in epilogue.Stores) values.Store(store, values.Value(store.Value));
        return (Sections.Close(values.Code, Levels), values.LooksUp);
    }

    // What is known of the item and the row, of the outer axes of a run, and within them.
    private const int Levels = 3;

    /// <summary>All indices, from flat ones; those of a run that count as one in memory stay one.</summary>
    private static ScalarDialect Begin(StageFields fields, RunAxes axes, string rows, string run)
    {
        var values = new ScalarDialect(fields);
        values.Code.Push(0);
        Sections.Decode(values, "batch", axes.Batch);
        Sections.Decode(values, rows, axes.Rows);
        Sections.Decode(values, run, Run(fields, axes).ToArray());
        Sections.Open(values.Code, 1, Levels - 1);
        return values;
    }

    private static IEnumerable<(string Name, string Size)> Run(StageFields fields, RunAxes axes) =>
        axes.Outer.Select(v => (Names.Variable(v), fields.Size(v.Axis))).Append((Names.Variable(axes.Dense), fields.Product(axes.Flat.Axes())));
}
