using System.Linq;
using System.Text;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Lowering;

namespace MageDsl.Generators.Backends.Gpu;

/// <content>
/// Loops along rows and across them at once: a group takes one row after the other, and a thread combines what it keeps of them, place by place.
/// Groups leave parts of what goes across rows, which the loop that does so by itself finishes like its own.
/// </content>
internal sealed partial class RowTemplate
{
    // Few, since a thread has them once more for every sum.
    private const int KeptOfPair = 2;

    /// <param name="pair">The loops.</param>
    /// <param name="rows">The code of the one along rows, by itself: for rows that are too long, and devices that lack the registers.</param>
    /// <param name="sums">That of the one across them.</param>
    /// <param name="name">The struct's name.</param>
    public static GpuStage PrintPair(LoweredPair pair, GpuStage rows, GpuStage sums, string name)
    {
        var (loop, template) = (pair.Both, new RowTemplate(pair.Both, isKept: true));
        template.KeepRow();
        var quads = template.values.Quads;
        var members = $"        public static int Kept => {template.copies.Count};\n\n{quads.Member}"
            + $"        public {GpuFields.View("T")} Parts {{ get; set; }}\n\n{template.MethodOfPair()}";
        var launch = string.Join(
            "\n",
            $"var _sums = {sums.Initialiser()};",
            $"if (!{Library.Gpu}GpuPairLauncher.Run<{GpuStage.Self}, {rows.Type}, {sums.Type}, T, S>(_device, _stage, _sums, " +
                $"{Sizes.Product(loop.Outer.Axes())}, {Sizes.Product(loop.Inner.Axes())}, {template.across.Count}, {quads.Condition}))",
            "{",
            $"    var _rows = {rows.Initialiser()};",
            $"    {rows.Call.Replace("_stage", "_rows")}",
            $"    {sums.Call.Replace("_stage", "_sums")}",
            "}");
        return new GpuStage(
            name, $"{quads.Describe(loop)}, with sums across", $"{pair.Rows.Comment}; and {pair.Sums.Comment}",
            $"{Library.Gpu}IGpuPair<{GpuStage.Self}, {rows.Type}, {sums.Type}, T>", template.Fields.Arguments, template.values.LooksUp, members,
            launch)
        {
            Parts = new[] { rows, sums },
        };
    }

    /// <summary>What a group does, around the code of a row.</summary>
    private string MethodOfPair()
    {
        var row = Code.Pop();
        foreach (var sum in across)
            Code.Append(copies.Of($"            V {Across(sum.Number)} = L.Splat({Reductions.Neutral(sum.Reduction.Op)});\n"));
        var outside = Code.Pop();
        var (length, rows) = (Fields.Product(loop.Inner.Axes()), Rows);
        var text = new StringBuilder();
        void Line(string line) => text.Append($"            {line}\n");
        text.Append(GpuStage.Head($"public static void Run<{Threads}>({GpuStage.Self} _a) {ThreadConstraints}", Fields, values.LooksUp));
        Line($"var shared = {Memory("T")};");
        Places(text);
        Line("int lane = global::ILGPU.Group.IdxX * L.Width, lanes = global::ILGPU.Group.DimX * L.Width;");
        text.Append(outside);
        Line("int first = global::ILGPU.Grid.IdxX * global::ILGPU.Group.DimY, step = global::ILGPU.Grid.DimX * global::ILGPU.Group.DimY;");
        Line($"for (; first < {rows}; first += step)");
        Line("{");
        Line("    int row = first + global::ILGPU.Group.IdxY;");
        // Threads without a row go along, since all of a group meet in its reductions.
        Line($"    bool isRow = row < {rows};");
        Line($"    if (!isRow) row = {rows} - 1;");
        Line($"    int end = isRow ? {length} : 0;");
        text.Append(row);
        Line("}");
        Line($"var parts = global::ILGPU.SharedMemory.Allocate<V>({Library.Gpu}GpuThread.Most);");
        for (var i = 0; i < copies.Count; i++)
        {
            Line($"int place_{i} = lane + {i} * lanes;");
            foreach (var sum in across)
            {
                var (name, of) = (Copies.Of(Across(sum.Number), i), Combining(sum.Reduction.Op).Of);
                var at = $"(global::ILGPU.Grid.IdxX * {across.Count} + {sum.Number}) * ({length}) + place_{i}";
                Line($"{name} = {Library.Gpu}GpuReduce<V, L>.{of}Y(parts, {name});");
                Line($"if (global::ILGPU.Group.IdxY == 0 && place_{i} < {length}) L.Store(_a.Parts, {at}, {name});");
            }
        }
        return text.Append($"        {CSharpText.Close}\n").ToString();
    }
}
