using System.Collections.Generic;
using System.Linq;
using System.Text;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Lowering;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Backends.Cpu;

/// <summary>Prints a row block: the structs of its parts as fields, where in scratch each value between them lies, and the parts in order.</summary>
internal static class RowBlockTemplate
{
    /// <param name="block">The block.</param>
    /// <param name="parts">The code of its parts.</param>
    /// <param name="name">The struct's name.</param>
    public static StageCode Print(LoweredBlock block, IReadOnlyList<StageCode> parts, string name)
    {
        var fields = new StageFields();
        var names = parts.Select((_, i) => fields[new PartArgument(i)]).ToArray();
        var text = new StringBuilder();
        text.Append($"        public static bool HasSums => {CSharpText.Literal(block.HasSums)};\n\n");
        Scratch(text, block, fields, names);
        text.Append($"        public void Visit<P>(ref P pass) where P : struct, {Library.Cpu}IRowBlockPass<T>\n        {CSharpText.Open}\n");
        foreach (var (part, i) in block.Parts.Select((part, i) => (part, i)))
        {
            var (type, pointer) = ($"{parts[i].Name}<T>", $"global::System.Runtime.CompilerServices.Unsafe.AsPointer(ref {names[i]})");
            var line = $"            pass.{part.Role}<{type}>(({type}*){pointer}, {string.Join(", ", part.Sizes.Select(fields.Product))});";
            text.Append(LineMarks.Mark(line, part.Stage.Origin)).Append('\n');
        }
        text.Append($"        {CSharpText.Close}\n");
        var steps = string.Join("; then ", parts.Select(c => $"{c.Template}: {c.Comment}"));
        var comment = $"batch [{string.Join(" ", block.Batch)}], rows [{string.Join(" ", block.Rows)}]: {steps}";
        var sizes = string.Join(", ", new[] { block.Batch, block.Rows, block.InOrder }.Select(Sizes.Product));
        var launch = ($"{Library.Cpu}RowBlockLauncher.Run", sizes);
        return new StageCode(name, "row block", comment, $"{Library.Cpu}IRowBlock<T>", fields.Arguments, text.ToString(), launch) { Parts = parts };
    }

    /// <summary>Each value of the rows in turn; a pointer is moved so that indices count from the item's first row.</summary>
    private static void Scratch(StringBuilder text, LoweredBlock block, StageFields fields, IReadOnlyList<string> parts)
    {
        string Pointers(ScratchPlace scratch) => string.Concat(scratch.Users.Select(i => $"{parts[i]}.{Names.Pointer(scratch.Place)} = "));
        var places = block.Scratch.Select(s => (Pointers: Pointers(s), PerRow: fields.Product(s.PerRow))).ToArray();
        var total = places.Length == 0 ? "0" : string.Join(" + ", places.Select(p => $"((rows * ({p.PerRow}) + 15) & ~15)"));
        text.Append($"        public nint ScratchElements(nint rows) => unchecked({total});\n\n");
        text.Append($"        public void Bind(T* memory, nint row, nint rows)\n        {CSharpText.Open}\n");
        foreach (var (pointers, perRow) in places)
        {
            text.Append($"            {pointers}memory - (row * ({perRow}));\n");
            text.Append($"            memory += (rows * ({perRow}) + 15) & ~15;\n");
        }
        text.Append($"        {CSharpText.Close}\n\n");
    }
}
