using System.Collections.Generic;
using System.Linq;
using System.Text;
using MageDsl.Generators.Backends;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Emit;

/// <summary>Writes what a program does: its scalars, the tensors that it makes, and then the launches.</summary>
internal sealed class ProgramEmitter
{
    private readonly ProgramCode code;
    private readonly Schedule schedule;

    public ProgramEmitter(ProgramCode code)
    {
        this.code = code;
        schedule = code.Schedule;
    }

    /// <summary>The program's values, one a line, and which of them it leaves in which buffer.</summary>
    public string IrText()
    {
        var text = new StringBuilder();
        foreach (var (_, name, value) in Scalars(p => p, a => $"size({a})")) text.Append($"{name} = {value.Replace("global::", "")}\n");
        foreach (var id in Values)
            text.Append(Ir.IrText.Print(id, schedule.Graph[id])).Append('\n');
        foreach (var output in schedule.Program.Outputs)
        {
            text.Append($"{output.Buffer.Name} [{string.Join(" ", output.Buffer.Axes)}] = %{output.Value}\n");
        }
        return text.ToString();
    }

    /// <summary>Allocations and launches, as the body of a method whose locals are the tensors, scalars and sizes.</summary>
    /// <param name="allocated">Buffers that the program makes, beside its temporaries.</param>
    /// <param name="shape">The shape of each.</param>
    /// <param name="launches">The class of the method.</param>
    public string Body(IEnumerable<BufferModel> allocated, System.Func<BufferModel, string> shape, LaunchClass launches)
    {
        var text = new StringBuilder();
        foreach (var (type, name, value) in Scalars(Names.Parameter, Names.Size)) text.Append($"            {type} {name} = {value};\n");
        foreach (var buffer in allocated) text.Append(Allocate(buffer, shape(buffer), launches));
        return text.Append(code.Body).ToString();
    }

    private IEnumerable<int> Values => schedule.Program.Reachable;

    private IEnumerable<(string Type, string Name, string Value)> Scalars(System.Func<string, string> parameter, System.Func<string, string> size) =>
        schedule.Program.Scalars.Declarations(
            Values.Select(id => schedule.Graph[id]).Where(n => n.Op == Op.Scalar).Select(n => n.Name), parameter, size);

    private string Allocate(BufferModel buffer, string shape, LaunchClass launches)
    {
        var maker = Library.Tensor + (buffer.IsShort ? $".GpuEmpty<{LaunchClass.Short}>" : ".Empty");
        var empty = $"{maker}({launches.Argument}{(buffer.Type == ValueType.Ids ? Library.ElementType + ".Int32" : "_type")}, {shape})";
        return code.Condition(buffer) is { } wanted
            ? $"            {Library.Tensor}? {Names.Tensor(buffer.Name)} = {wanted} ? {empty} : null;\n"
            : $"            var {Names.Tensor(buffer.Name)} = {empty};\n";
    }
}
