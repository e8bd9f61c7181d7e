using System.Collections.Generic;
using System.Linq;
using System.Text;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Emit.Cpu;

/// <summary>Writes a row block: the structs of its parts as fields, where in scratch each value between them lies, and the parts in order.</summary>
internal static class RowBlockEmitter
{
    public static StageCode Emit(Schedule schedule, RowBlock block, IReadOnlyList<Stage> parts, IReadOnlyList<StageCode> codes, string name)
    {
        var comment = $"batch [{string.Join(" ", block.Batch)}], rows [{string.Join(" ", block.Rows)}]: {string.Join("; then ", codes.Select(c => $"{c.Template}: {c.Comment}"))}";
        var code = new StageCode(name, "row block", comment) { Interface = $"{Library.Cpu}IRowBlock<T>" };
        var fields = codes.Select((c, i) => code.Fields.Part(c, i + 1)).ToArray();
        var text = new StringBuilder();
        var hasSums = parts.Any(p => block.Role(p) == PartRole.Sums || p.Items.Any(i => i.Kind == ItemKind.ColumnReduction && schedule.Graph[i.Node].Over.Any(block.Rows.Contains)));
        text.Append($"        public static bool HasSums => {(hasSums ? "true" : "false")};\n\n");
        Scratch(text, code, block, codes, fields);
        text.Append($"        public void Visit<P>(ref P pass) where P : struct, {Library.Cpu}IRowBlockPass<T>\n        {CSharpText.Open}\n");
        for (var i = 0; i < parts.Count; i++)
        {
            var (method, sizes) = Shape(block, parts[i]);
            var line = $"            pass.{method}<{codes[i].Name}<T>>(({codes[i].Name}<T>*)global::System.Runtime.CompilerServices.Unsafe.AsPointer(ref {fields[i]}), {string.Join(", ", sizes.Select(code.Fields.Product))});";
            text.Append(LineMarks.Mark(line, schedule.Graph.Origins[parts[i].Items[parts[i].Items.Count - 1].Node])).Append('\n');
        }
        code.Members = text.Append($"        {CSharpText.Close}\n").ToString();
        code.Launcher = ($"{Library.Cpu}RowBlockLauncher.Run", $"{Sizes.Product(block.Batch)}, {Sizes.Product(block.Rows)}, {Sizes.Product(block.InOrder)}");
        return code;
    }

    /// <summary>Each value of the rows in turn; a pointer is moved so that indices count from the item's first row.</summary>
    private static void Scratch(StringBuilder text, StageCode code, RowBlock block, IReadOnlyList<StageCode> codes, IReadOnlyList<string> fields)
    {
        var places = codes.SelectMany(c => c.Fields.Places).Where(p => p.IsScratch).Distinct().OrderBy(p => p.Name, System.StringComparer.Ordinal).ToArray();
        string PerRow(Place place) => code.Fields.Product(place.Axes.Where(a => !block.Rows.Contains(a)));
        var total = places.Length == 0 ? "0" : string.Join(" + ", places.Select(p => $"((rows * ({PerRow(p)}) + 15) & ~15)"));
        text.Append($"        public nint ScratchElements(nint rows) => unchecked({total});\n\n");
        text.Append($"        public void Bind(T* memory, nint row, nint rows)\n        {CSharpText.Open}\n");
        foreach (var place in places)
        {
            var users = codes.Zip(fields, (c, f) => (c, f)).Where(x => x.c.Fields.Places.Contains(place)).Select(x => $"{x.f}.{Names.Pointer(place)} = ");
            text.Append($"            {string.Concat(users)}memory - (row * ({PerRow(place)}));\n");
            text.Append($"            memory += (rows * ({PerRow(place)}) + 15) & ~15;\n");
        }
        text.Append($"        {CSharpText.Close}\n\n");
    }

    private static (string Method, IEnumerable<IEnumerable<string>> Sizes) Shape(RowBlock block, Stage part)
    {
        if (part is LoopStage loop)
            return ("Loop", new[] { loop.Outer.Where(a => !block.Outer.Contains(a)), loop.Inner!.Take(1) });
        var c = ((ContractionStage)part).Contraction;
        return block.Role(part) == PartRole.Sums ? ("Sums", new[] { c.Rows, c.Columns }) : ("Rows", new[] { c.Columns, c.K });
    }
}
