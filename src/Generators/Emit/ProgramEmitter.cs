using System.Collections.Generic;
using System.Linq;
using System.Text;
using MageDsl.Generators.Emit.Cpu;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Emit;

/// <summary>Writes the launches of one program: buffers, stages in order, and, for a backward pass, which stages a wanted gradient needs.</summary>
internal sealed class ProgramEmitter
{
    private readonly Schedule schedule;
    private readonly List<(StageCode Code, Stage Stage)> stages = new();
    private readonly Dictionary<int, long> masks;
    private readonly bool conditional;

    public ProgramEmitter(Program program, StageRegistry registry, string prefix, bool fusion, bool conditional)
    {
        this.conditional = conditional;
        schedule = Partitioner.Run(program, fusion);
        var number = 0;
        foreach (var stage in schedule.Stages.Where(s => s.Items.Count > 0))
        {
            var name = $"{prefix}{++number}";
            var code = stage is LoopStage loop ? LoopEmitter.Emit(schedule, loop, name) : ContractionEmitter.Emit(schedule, (ContractionStage)stage, name);
            registry.Add(code);
            stages.Add((code, stage));
        }
        masks = conditional ? StageMasks.Of(schedule) : new Dictionary<int, long>();
    }

    public Schedule Schedule => schedule;

    public IEnumerable<StageCode> Stages => stages.Select(s => s.Code);

    /// <summary>Allocations and launches, as the body of a method whose locals are the tensors, scalars and sizes.</summary>
    /// <param name="allocated">Buffers that the program makes, beside its temporaries.</param>
    public string Body(IEnumerable<BufferModel> allocated, System.Func<BufferModel, string> shape)
    {
        var text = new StringBuilder();
        foreach (var buffer in allocated) text.Append(Allocate(buffer, shape(buffer)));
        foreach (var buffer in schedule.Temporaries) text.Append(Allocate(buffer, shape(buffer)));
        foreach (var (code, stage) in stages)
        {
            text.Append(conditional ? $"            if ((_wanted & {Mask(masks[stage.Index])}) != 0)\n            {{\n" : "            {\n");
            foreach (var item in stage.Items.Where(i => i.Kind == ItemKind.Scatter)) text.Append($"                {Names.Tensor(schedule.Places[item.Node].Buffer.Name)}.Clear();\n");
            text.Append($"                var _stage = {code.Initialiser()};\n                {code.Launch}\n            }}\n");
        }
        foreach (var buffer in schedule.Temporaries) text.Append($"            {Names.Tensor(buffer.Name)}{(conditional ? "?" : "")}.Dispose();\n");
        return text.ToString();
    }

    private string Allocate(BufferModel buffer, string shape)
    {
        var empty = $"Tensor.Empty({(buffer.Type == ValueType.Ids ? "ElementType.Int32" : "_type")}, {shape})";
        if (!conditional) return $"            var {Names.Tensor(buffer.Name)} = {empty};\n";
        var mask = stages.Where(s => s.Code.Fields.Places.Any(p => p.Buffer.Name == buffer.Name)).Aggregate(0L, (m, s) => m | masks[s.Stage.Index]);
        return $"            Tensor? {Names.Tensor(buffer.Name)} = (_wanted & {Mask(mask)}) != 0 ? {empty} : null;\n";
    }

    private static string Mask(long mask) => $"0x{mask:x}L";
}

/// <summary>For each stage the outputs, as bits, that need it.</summary>
internal static class StageMasks
{
    public static Dictionary<int, long> Of(Schedule schedule)
    {
        var masks = schedule.Stages.ToDictionary(s => s.Index, _ => 0L);
        for (var i = 0; i < schedule.Program.Outputs.Count; i++) Mark(schedule.Program.Outputs[i].Value, 1L << i);
        foreach (var stage in schedule.Stages.Reverse())
            foreach (var read in Reads(schedule, stage)) Mark(read, masks[stage.Index]);
        return masks;

        void Mark(int id, long bits)
        {
            if (schedule.StageOf.TryGetValue(id, out var owner)) masks[owner] |= bits;
            else if (schedule.Graph[id].Op == Op.Stack)
                foreach (var part in schedule.Graph[id].Args) Mark(part, bits);
        }
    }

    private static IEnumerable<int> Reads(Schedule schedule, Stage stage)
    {
        var seen = new HashSet<int>();
        var found = new List<int>();
        foreach (var item in stage.Items)
        {
            // A contraction reads its operands, which may be put together anew, rather than the product it was found as.
            if (stage is ContractionStage contraction && item.Node == contraction.Root)
            {
                seen.Add(item.Node);
                Visit(contraction.Contraction.Left, isItem: false);
                Visit(contraction.Contraction.Right, isItem: false);
            }
            else Visit(item.Node, isItem: true);
        }
        return found;

        void Visit(int id, bool isItem)
        {
            if (!seen.Add(id)) return;
            if (!isItem && schedule.IsRead(id, stage)) found.Add(id);
            else
                foreach (var arg in schedule.Graph[id].Args) Visit(arg, isItem: false);
        }
    }
}
