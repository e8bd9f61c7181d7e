using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Lowering;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Backends.Gpu;

/// <summary>
/// A row block: the structs of its parts as fields, where in the scratch of a group each value between them lies, and what a group does with some
/// rows: the parts in order, by the library.
/// </summary>
internal static class RowBlockTemplate
{
    /// <summary>A stage as a part.</summary>
    /// <param name="part">The part.</param>
    /// <param name="name">The struct's name.</param>
    /// <param name="rows">The rows of the block.</param>
    public static GpuStage PrintPart(BlockPart part, string name, IReadOnlyList<string> rows) => part.Stage switch
    {
        LoweredContraction contraction => ContractionTemplate.Print(contraction, name, rows),
        LoweredLoop loop when IsAcrossRows(loop) => ColumnTemplate.PrintPart(loop, name, rows),
        _ => RowTemplate.PrintPart((LoweredLoop)part.Stage, name, rows),
    };

    /// <param name="block">The block.</param>
    /// <param name="parts">The code of its parts.</param>
    /// <param name="name">The struct's name.</param>
    public static GpuStage Print(LoweredBlock block, IReadOnlyList<GpuStage> parts, string name)
    {
        var fields = new StageFields();
        var names = parts.Select((_, i) => fields[new PartArgument(i)]).ToArray();
        var hasPairs = block.Parts.Any(p => p.Stage is LoweredContraction { Beside: not null });
        var text = new StringBuilder($"        public static bool HasSums => {CSharpText.Literal(block.HasSums)};\n\n");
        text.Append($"        public static bool HasPairs => {CSharpText.Literal(hasPairs)};\n\n");
        Scratch(text, block, fields, names);
        var sums = block.Parts.Select(p => p.Role == PartRole.Sums ? p.Sizes.Select(fields.Product).ToArray() : null).ToArray();
        text.Append($"        public readonly long Sums => {Total(parts.Count, "(long)")};\n\n");
        var lines = parts.Select((code, i) => Line(block.Parts[i], code.Type, names[i], Total(i))).ToArray();
        var item = BlockItem.Print(block.Batch, fields);
        var sizes = string.Concat(
            fields.Arguments.OfType<SizeArgument>().Select(StageFields.Name).Select(size => $"            var {size} = _a.{size};\n"));
        var core = $" where P : struct, {Library.Gpu}IGpuRowCore<T>";
        Method("Run<R, P>", _ => true, $" where R : struct, {Library.Gpu}IGpuTeam<T>{core}");
        text.Append('\n');
        Method("RunWithoutRows<P>", role => role == PartRole.Sums, core);
        var steps = string.Join("; then ", parts.Select(c => $"{c.Template}: {c.Comment}"));
        var comment = $"batch [{string.Join(" ", block.Batch)}], rows [{string.Join(" ", block.Rows)}]: {steps}";
        var extent = string.Join(", ", new[] { block.Batch, block.Rows, block.InOrder }.Select(Sizes.Product));
        var fours = parts.SelectMany(p => p.FourSizes).Distinct().Select(a => $"{Sizes.Of(a)} % 4 == 0").DefaultIfEmpty("false");
        var launch = $"{Library.Gpu}GpuRowBlocks.Run<{GpuStage.Self}, T, S>" +
            $"(_device, _stage, {extent}, {Largest(parts)}, {string.Join(" && ", fours)});";
        return new GpuStage(
            name, "row block", comment, $"{Library.Gpu}IGpuRowBlock<{GpuStage.Self}, T>", fields.Arguments, false, text.ToString(), launch)
        {
            Parts = parts,
        };

        // What the first parts sum over the rows.
        string Total(int count, string cast = "") => string.Join(
            " + ", sums.Take(count).OfType<string[]>().Select(s => $"({cast}({s[0]}) * ({s[1]}))").DefaultIfEmpty("0"));

        void Method(string method, Func<PartRole, bool> isDone, string constraints)
        {
            text.Append($"        public static void {method}({GpuStage.Self} _a, {GpuStage.Rows} {GpuStage.At}){constraints}\n");
            text.Append($"        {CSharpText.Open}\n{sizes}{item}");
            foreach (var (line, part) in lines.Zip(block.Parts, (line, part) => (line, part)).Where(x => isDone(x.part.Role)))
                text.Append(LineMarks.Mark($"            {line}", part.Stage.Origin)).Append('\n');
            text.Append($"        {CSharpText.Close}\n");
        }

        string Line(BlockPart part, string type, string field, string begin) => part.Stage switch
        {
            LoweredContraction c => $"P.{(c.Beside is null ? part.Role.ToString() : "Pair")}(_a.{field}, {GpuStage.At}, " +
                string.Join(", ", part.Sizes.Select(fields.Product).Concat(c.Operands.Select(o => CSharpText.Literal(o.IsAlongK)))) +
                $"{(part.Role == PartRole.Sums ? $", {begin}" : "")});",
            LoweredLoop loop when IsAcrossRows(loop) => $"{Library.Gpu}GpuRowLoop.Columns<{type}, T>(_a.{field}, {GpuStage.At});",
            _ => $"P.Loop<{type}, R>(_a.{field}, {GpuStage.At});",
        };
    }

    /// <summary>How many elements of a short place are one of scratch.</summary>
    private static string Halves => $"({LaunchClass.Short}.IsShort ? 2 : 1)";

    private static bool IsAcrossRows(LoweredLoop loop) => loop.Passes.Any(p => p.Columns.Count > 0);

    /// <summary>The elements of the largest thing that lies in memory.</summary>
    private static string Largest(IEnumerable<GpuStage> parts) =>
        parts.SelectMany(p => p.Places).Where(p => !p.IsScratch).Select(p => $"(nint){Sizes.Product(p.Buffer.Axes)}").Distinct()
            .Aggregate((a, b) => $"{Library.Math}.Max({a}, {b})");

    /// <summary>Each slot in turn, and who finds what in it.</summary>
    private static void Scratch(StringBuilder text, LoweredBlock block, StageFields fields, IReadOnlyList<string> parts)
    {
        var slots = block.Slots
            .Select(slot => (
                Fields: slot.SelectMany(Fields).ToArray(), IsShort: slot[0].Place.Buffer.IsShort,
                PerRow: GpuStage.Pitch(slot[0].Place.Buffer.IsShort, fields.Product(slot[0].PerRow)))).ToArray();
        var row = string.Join(" + ", slots.Select(s => $"(long){PerRow(s.PerRow, s.IsShort)}").DefaultIfEmpty("0"));
        text.Append($"        public readonly long Scratch => {row};\n\n");
        var lengths = slots.Select(s => s.PerRow).Distinct().DefaultIfEmpty("1").Aggregate((a, b) => $"{Library.Math}.Max({a}, {b})");
        text.Append($"        public readonly int Length => {lengths};\n\n");
        text.Append($"        public void Place(int rows)\n        {CSharpText.Open}\n            var at = 0;\n");
        foreach (var slot in slots)
        {
            foreach (var field in slot.Fields) text.Append($"            {field} = at{(slot.IsShort ? $" * {Halves}" : "")};\n");
            text.Append($"            at += rows * {PerRow(slot.PerRow, slot.IsShort)};\n");
        }
        text.Append($"        {CSharpText.Close}\n\n");

        // In elements of T, of which scratch is.
        static string PerRow(string pitch, bool isShort) => isShort ? $"({pitch} / {Halves})" : pitch;

        IEnumerable<string> Fields(ScratchPlace scratch) => scratch.Users.Select(i => $"{parts[i]}.{Names.Pointer(scratch.Place)}");
    }
}
