using System.Collections.Generic;
using System.Linq;
using System.Text;
using MageDsl.Generators.Backends.Cpu;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Lowering;
using MageDsl.Generators.Passes;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Emit;

/// <summary>Writes the launches of one program: buffers, stages in order, and, for a backward pass, which stages a wanted gradient needs.</summary>
internal sealed class ProgramEmitter
{
    private readonly Schedule schedule;
    private readonly List<Launch> launches = new();
    private readonly Dictionary<int, long> masks;
    private readonly bool conditional;
    private readonly StageRegistry registry;

    public ProgramEmitter(Program program, StageRegistry registry, string prefix, bool fusion, bool conditional)
    {
        this.conditional = conditional;
        this.registry = registry;
        schedule = Partitioner.Run(program, fusion);
        var number = 0;
        foreach (var parts in schedule.Launches)
        {
            var name = $"{prefix}{++number}";
            launches.Add(new Launch(schedule.BlockOf(parts[0]) is { } block ? Emit(block, parts, name) : Emit(StageLowering.Of(schedule, parts[0]), name), parts));
        }
        masks = conditional ? StageMasks.Of(schedule) : new Dictionary<int, long>();
        Memory = new MemoryPlan(schedule);
    }

    public Schedule Schedule => schedule;

    /// <summary>Where the temporaries lie.</summary>
    public MemoryPlan Memory { get; }

    /// <summary>What is launched, in order.</summary>
    public IReadOnlyList<Launch> Launches => launches;

    /// <summary>The code of what is launched, in order.</summary>
    public IReadOnlyList<StageCode> Stages => launches.Select(l => l.Code).ToArray();

    /// <summary>The program's values, one a line, and which of them it leaves in which buffer.</summary>
    public string IrText()
    {
        var text = new StringBuilder();
        foreach (var (_, name, value) in Scalars(p => p, a => $"size({a})")) text.Append($"{name} = {value.Replace("global::", "")}\n");
        foreach (var id in Values)
            text.Append(Ir.IrText.Print(id, schedule.Graph[id])).Append('\n');
        foreach (var output in schedule.Program.Outputs) text.Append($"{output.Buffer.Name} [{string.Join(" ", output.Buffer.Axes)}] = %{output.Value}\n");
        return text.ToString();
    }

    private StageCode Emit(LoweredStage stage, string name) => registry.Add(CpuBackend.Print(stage, name));

    private StageCode Emit(RowBlock block, IReadOnlyList<Stage> parts, string name)
    {
        var lowered = LoweredBlock.Of(schedule, block, parts);
        var codes = lowered.Parts.Select((part, i) => Emit(part.Stage, $"{name}Part{i + 1}")).ToArray();
        return registry.Add(CpuBackend.Print(lowered, codes, name));
    }

    /// <summary>Allocations and launches, as the body of a method whose locals are the tensors, scalars and sizes.</summary>
    /// <param name="allocated">Buffers that the program makes, beside its temporaries.</param>
    public string Body(IEnumerable<BufferModel> allocated, System.Func<BufferModel, string> shape)
    {
        var text = new StringBuilder();
        foreach (var (type, name, value) in Scalars(Names.Parameter, Names.Size)) text.Append($"            {type} {name} = {value};\n");
        foreach (var buffer in allocated) text.Append(Allocate(buffer, shape(buffer)));
        text.Append(Arena());
        foreach (var (code, parts) in launches)
        {
            text.Append(conditional ? $"            if ((_wanted & {Mask(masks[parts[0].Index])}) != 0)\n            {{\n" : "            {\n");
            foreach (var item in parts.SelectMany(p => p.Items).Where(i => schedule.AddsInPlace(i))) text.Append($"                {Names.Tensor(schedule.Places[item.Node].Buffer.Name)}.Clear();\n");
            var sums = parts.SelectMany(p => p.Items).Where(i => i.Kind == ItemKind.ColumnReduction && schedule.AddsInPlace(i) && schedule.Graph[i.Node].Op == Op.ReduceSum).ToLookup(i => schedule.Places[i.Node].Buffer);
            foreach (var sum in sums) text.Append(Totals(sum.Key, sum.Select(i => (IEnumerable<string>)schedule.Graph[i.Node].Over)));
            text.Append($"                var _stage = {code.Initialiser()};\n{LineMarks.Mark($"                {code.Launch}", StageLowering.Origin(schedule, parts[0]))}\n");
            foreach (var sum in sums) text.Append($"                {Names.Totals(sum.Key.Name)}.Finish();\n");
            text.Append("            }\n");
        }
        return text.ToString();
    }

    private IEnumerable<int> Values => Rewriter.Reachable(schedule.Graph.Nodes, schedule.Program.Outputs.Select(o => o.Value));

    private IEnumerable<(string Type, string Name, string Value)> Scalars(System.Func<string, string> parameter, System.Func<string, string> size) =>
        schedule.Program.Scalars.Declarations(Values.Select(id => schedule.Graph[id]).Where(n => n.Op == Op.Scalar).Select(n => n.Name), parameter, size);

    /// <summary>The totals of a buffer that sums are added up in, over some axes each.</summary>
    private static string Totals(BufferModel buffer, IEnumerable<IEnumerable<string>> over)
    {
        var name = Names.Totals(buffer.Name);
        return $"                using var {name} = new {Library.Cpu}InPlaceTotals<T>({Names.Tensor(buffer.Name)}.Pointer<T>(), {Sizes.Product(buffer.Axes)}, {string.Join(" + ", over.Select(Sizes.Product))});\n";
    }

    private string Allocate(BufferModel buffer, string shape)
    {
        var empty = $"{Library.Tensor}.Empty({(buffer.Type == ValueType.Ids ? Library.ElementType + ".Int32" : "_type")}, {shape})";
        if (!conditional) return $"            var {Names.Tensor(buffer.Name)} = {empty};\n";
        return $"            {Library.Tensor}? {Names.Tensor(buffer.Name)} = {IsWanted(buffer)} ? {empty} : null;\n";
    }

    /// <summary>Whether one of the launches that touch a buffer runs.</summary>
    private string IsWanted(BufferModel buffer)
    {
        var mask = launches.Where(l => l.Touched.Contains(buffer.Name)).Aggregate(0L, (m, l) => m | masks[l.Stages[0].Index]);
        return $"(_wanted & {Mask(mask)}) != 0";
    }

    /// <summary>The temporaries: the bytes of each, the slots one after the other, and who lies in which.</summary>
    private string Arena()
    {
        if (Memory.Slots.Count == 0) return "";
        var text = new StringBuilder();
        var names = new List<string>();
        var parts = new StringBuilder();
        foreach (var slot in Memory.Slots)
        {
            var offset = names.Count == 0 ? "0" : string.Join(" + ", names);
            foreach (var buffer in slot)
            {
                var bytes = $"(nint){(buffer.Type == ValueType.Ids ? "sizeof(int)" : "sizeof(T)")} * {Sizes.Product(buffer.Axes)}";
                text.Append($"            nint {buffer.Name}_bytes = {(conditional ? $"{IsWanted(buffer)} ? {bytes} : 0" : bytes)};\n");
                parts.Append($"            var {Names.Tensor(buffer.Name)} = _arena.At({offset}, {buffer.Name}_bytes);\n");
            }
            names.Add($"_slot{names.Count + 1}");
            var largest = slot.Select(b => $"{b.Name}_bytes").Aggregate((a, b) => $"{Library.Math}.Max({a}, {b})");
            text.Append($"            nint {names[names.Count - 1]} = {Library.Cpu}LaunchArena.Aligned({largest});\n");
        }
        return text.Append($"            using var _arena = new {Library.Cpu}LaunchArena({string.Join(" + ", names)});\n").Append(parts).ToString();
    }

    /// <summary>One launch: the code, and the stages that run in it.</summary>
    internal sealed record Launch(StageCode Code, IReadOnlyList<Stage> Stages)
    {
        /// <summary>The names of the buffers that it reads or writes.</summary>
        public IReadOnlyCollection<string> Touched { get; } = new HashSet<string>(Code.Places.Select(p => p.Buffer.Name));
    }

    private static string Mask(long mask) => $"0x{mask:x}L";
}
