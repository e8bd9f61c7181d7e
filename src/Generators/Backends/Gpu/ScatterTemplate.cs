using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Lowering;

namespace MageDsl.Generators.Backends.Gpu;

/// <summary>
/// Additions to places that ids name, seen from the places: a thread has one element of the result, and goes through all terms that may belong
/// to it in their order. So nothing is added by two threads at once, and a run repeats to the last bit.
/// </summary>
internal static class ScatterTemplate
{
    public static GpuStage Print(LoweredLoop loop, string name)
    {
        var scatter = loop.Passes.Single().Scatter!;
        var fields = new StageFields();
        var axes = scatter.Place.Axes.Zip(scatter.Access.Indices, (axis, index) => (Axis: axis, Index: index)).ToArray();
        var own = axes.Select(a => Plain(a.Axis, a.Index)).ToArray();
        var others = loop.Outer.Concat(loop.Inner).Where(v => !own.Contains(v)).ToArray();
        var levels = loop.Inner.Count + 2;

        // Where the term goes is found first, and its value only if that is here.
        var where = new ScalarDialect(fields, new CodeWriter("w"));
        where.Code.Push(0);
        where.Code.Push(1);
        Sections.Decode(where, "term", others);
        Sections.Open(where.Code, 2, levels - 1);
        var conditions = new List<string>();
        for (var i = 0; i < axes.Length; i++)
            if (own[i] is null) conditions.Add($"{where.Index(axes[i].Index)} != to{i}");
        where.Code.Line($"if ({string.Join(" || ", conditions.DefaultIfEmpty("false"))}) continue;");
        var search = Sections.Close(where.Code, levels - 1);
        var before = where.Code.Pop();

        var what = new ScalarDialect(fields);
        what.Code.Push(0);
        what.Code.Push(1);
        Sections.Open(what.Code, 2, levels - 1);
        what.Code.Line($"sum = S.Add(sum, {what.Value(scatter.Value)});");
        var value = Sections.Close(what.Code, levels - 1);
        before += what.Code.Pop();

        var result = new ScalarDialect(fields, new CodeWriter("r"));
        result.Code.Push(0);
        Sections.Decode(result, "at", axes.Select((a, i) => (own[i] is { } v ? Names.Variable(v) : $"to{i}", fields.Size(a.Axis))).ToArray());
        var place = result.Code.Pop();

        var looksUp = where.LooksUp || what.LooksUp;
        var count = fields.Product(scatter.Place.Axes);
        var terms = fields.Product(others.Axes());
        var element = $"{fields.Pointer(scatter.Place)}[{Offset(fields, scatter, own)}]";
        var text = GpuStage.Head($"public static void Run({GpuStage.Self} _a)", fields, looksUp)
            + $"            int at = {Library.Gpu}GpuThread.Index;\n            if (at >= {count}) return;\n"
            + $"{place}            T sum = S.Create(0d);\n{before}"
            + $"            for (int term = 0; term < {terms}; term++)\n            {{\n{search}{value}            }}\n"
            + $"            {element} = sum;\n        {CSharpText.Close}\n";
        var launch = $"{Library.Gpu}GpuLauncher.Elements(_device, _stage, {Sizes.Product(scatter.Place.Axes)});";
        return new GpuStage(name, loop.Template, loop.Comment, $"{Library.Gpu}IGpuStage<{GpuStage.Self}>", fields.Arguments, looksUp, text, launch);
    }

    /// <summary>The axis's own loop variable, if that is the index; null if it is something else.</summary>
    private static LoopVariable? Plain(string axis, Affine index) =>
        index is { Terms.Count: 1, Offset: 0, Divisor: 1 } && index.Terms[0] is { Scale: 1, Variable: LoopVariable variable } && variable.Axis == axis
            ? variable : null;

    private static string Offset(StageFields fields, Scatter scatter, IReadOnlyList<LoopVariable?> own) =>
        string.Join(" + ", scatter.Access.Axes.Select((a, i) =>
            $"{(own[i] is { } v ? Names.Variable(v) : $"to{i}")} * ({fields.Product(a.Stride)})").DefaultIfEmpty("0"));
}
