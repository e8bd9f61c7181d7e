using System.Collections.Generic;
using System.Linq;
using System.Text;
using MageDsl.Generators.Backends;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Passes;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Emit;

/// <summary>Writes one variant of a kernel (its bool parameters fixed): the stages and the methods that launch them, forward and backward.</summary>
internal sealed class VariantEmitter
{
    private readonly KernelModel kernel;
    private readonly VariantCode code;
    private readonly LaunchClass launches;
    private readonly SizeEmitter sizes;

    /// <param name="kernel">The kernel.</param>
    /// <param name="code">Its variant.</param>
    /// <param name="launches">The class that the methods are in.</param>
    public VariantEmitter(KernelModel kernel, VariantCode code, LaunchClass launches)
    {
        this.kernel = kernel;
        this.code = code;
        this.launches = launches;
        sizes = new SizeEmitter(kernel);
    }

    private string Name => code.Plan.Name;

    private KernelPrograms Programs => code.Plan.Programs;

    private IEnumerable<ParameterModel> Tensors => kernel.Parameters.Where(p => p.Layout != null);

    private IEnumerable<ParameterModel> RealTensors => Tensors.Where(p => p.Kind == KernelParameterKind.Tensor);

    /// <summary>What every method takes: the arguments, the element type, the sizes and the leading dimensions.</summary>
    private string Parameters => launches.Parameter + string.Join(", ",
        Passed(kernel).Select(p => $"{KernelEmitter.TypeOf(p.Kind)} {Names.Parameter(p.Name)}")
            .Append($"{Library.ElementType} _type").Append("int[] _leading").Concat(sizes.Axes.Select(a => $"int {Names.Size(a)}")));

    /// <summary>The same, as arguments.</summary>
    public static string Arguments(KernelModel kernel, SizeEmitter sizes, LaunchClass launches) => launches.Argument + string.Join(", ",
        Passed(kernel).Select(p => Names.Parameter(p.Name)).Append("_type").Append("_leading").Concat(sizes.Axes.Select(Names.Size)));

    /// <summary>What is an argument still: a bool has chosen the variant, and a size is among the sizes.</summary>
    private static IEnumerable<ParameterModel> Passed(KernelModel kernel) =>
        kernel.Parameters.Where(p => p.Kind is not (KernelParameterKind.Bool or KernelParameterKind.Size));

    private string Shape(BufferModel buffer)
    {
        for (var i = 0; i < kernel.Results.Count; i++)
            if (buffer.Name == BufferNames.Result(i)) return Shape(kernel.Results[i].Layout);
        foreach (var parameter in Tensors)
            if (buffer.Name == BufferNames.Gradient(parameter.Name)) return $"{Names.Parameter(parameter.Name)}.Shape";
        return buffer.Axes.Count == 0 ? "[]" : $"[{string.Join(", ", buffer.Axes.Select(Sizes.Dimension))}]";
    }

    private static string Shape(Layout layout)
    {
        var sizes = layout.Dims.Select(d => d.Axes[0].Name == Layout.Ellipsis
            ? ".. _leading"
            : string.Join(" * ", d.Axes.Select(a => Names.Size(a.Name))));
        return $"[{string.Join(", ", sizes)}]";
    }

    /// <summary>The methods that launch the programs.</summary>
    public string Methods()
    {
        var text = new StringBuilder();
        text.Append(ForwardMethod());
        if (code.Backward != null) text.Append('\n').Append(BackwardMethod());
        return text.ToString();
    }

    /// <summary>
    /// The line with which a method lets the stages of its program, and of that which follows, be compiled together; and the list of them. Nothing
    /// where the build has compiled them.
    /// </summary>
    private static (string List, string Line) Announcement(string name, params ProgramCode?[] programs)
    {
        var types = programs.SelectMany(p => p?.Launches.Select(l => l.CompiledLate) ?? []).OfType<string>().Distinct()
            .Select(type => $"typeof({type})").ToArray();
        if (types.Length == 0) return ("", "");
        return (
            $"        private static readonly {Library.Program} {name} = new({string.Join(", ", types)});\n\n",
            $"            {name}.Begin({LaunchClass.DeviceName});\n");
    }

    private string KeepAlive => string.Concat(Tensors.Select(p => $"            {Library.KeepAlive}({Names.Parameter(p.Name)});\n"));

    private string ForwardMethod()
    {
        var text = new StringBuilder();
        var made = Enumerable.Range(0, kernel.Results.Count).Where(i => kernel.Results[i].Into.Length == 0)
            .Select(i => new BufferModel(BufferNames.Result(i), kernel.Results[i].Type, kernel.Results[i].Layout.Names)).ToArray();
        var results = string.Join(
            ", ", kernel.Results.Select((r, i) => r.Into.Length > 0 ? Names.Parameter(r.Into) : Names.Tensor(BufferNames.Result(i))));
        var (list, begin) = Announcement($"_stages{Name}", code.Inference);
        text.Append($"{list}        public static {Library.Tensor}[] {Name}Forward({Parameters})\n        {CSharpText.Open}\n");
        foreach (var check in ChoiceChecks.Of(kernel, code.Plan.Setting).Distinct()) text.Append($"            {check}\n");
        if (code.Backward != null)
        {
            text.Append($"            if ({Library.Tape}.IsRecording([{string.Join(", ", RealTensors.Select(p => Names.Parameter(p.Name)))}])) " +
                $"return {Name}Recorded({Arguments(kernel, sizes, launches)});\n");
        }
        else if (kernel.Differentiable && RealTensors.Any() && kernel.Results.Any(r => r.Type == ValueType.Real))
        {
            var arguments = string.Join(", ", RealTensors.Select(p => Names.Parameter(p.Name)));
            text.Append($"            {Library.Tape}.NoteConstant({CSharpText.Literal(kernel.FullName)}, [{arguments}]);\n");
        }
        foreach (var into in kernel.Results.Select(r => r.Into).Where(into => into.Length > 0))
            text.Append($"            {Names.Parameter(into)}.Changed({CSharpText.Literal(kernel.FullName)});\n");
        text.Append(begin).Append(Launches(code.Inference, made)).Append(KeepAlive);
        text.Append($"            return [{results}];\n        {CSharpText.Close}\n");
        if (code.Backward is null) return text.ToString();

        (list, begin) = Announcement($"_stages{Name}Recorded", code.Forward, code.Backward);
        text.Append($"\n{list}        private static {Library.Tensor}[] {Name}Recorded({Parameters})\n        {CSharpText.Open}\n{begin}");
        text.Append(Launches(code.Forward, made.Concat(Programs.Saved))).Append(KeepAlive);
        var reals = string.Join(
            ", ", kernel.Results.Select((r, i) => (r, i)).Where(x => x.r.Type == ValueType.Real).Select(x => Names.Tensor(BufferNames.Result(x.i))));
        var kept = string.Concat(Programs.Saved.Select(b => $"{Names.Tensor(b.Name)}, ")) + string.Concat(BackwardResults().Select(r => $"{r}, "));
        var inputs = string.Join(", ", RealTensors.Select(p => Names.Parameter(p.Name)));
        text.Append($"            {Library.Tape}.Current!.Record({CSharpText.Literal(kernel.FullName)}, [{inputs}], [{reals}],\n");
        var saved = string.Join(", ", Programs.Saved.Select(b => Names.Tensor(b.Name)));
        text.Append($"                (_gradients, _needed) => {Name}Backward(_gradients, _needed, {kept}{Arguments(kernel, sizes, launches)}),\n");
        text.Append($"                [{string.Join(", ", Reads())}], [{saved}]);\n");
        return text.Append($"            return [{results}];\n        {CSharpText.Close}\n").ToString();
    }

    /// <summary>The results that the backward pass reads.</summary>
    private IEnumerable<string> BackwardResults()
    {
        var names = new HashSet<string>(code.Backward!.Launches.SelectMany(l => l.Buffers));
        return Enumerable.Range(0, kernel.Results.Count).Select(BufferNames.Result).Where(names.Contains).Select(Names.Tensor);
    }

    /// <summary>The arguments and results that the gradients depend on, and for each the arguments, as bits, whose gradients these are.</summary>
    private IEnumerable<string> Reads()
    {
        var (program, reals) = (Programs.Backward!, RealTensors.Select(p => p.Name).ToList());
        var masks = new Dictionary<string, long>();
        foreach (var (output, parameter) in program.Outputs.Zip(Programs.Gradients, (output, parameter) => (output, parameter)))
        {
            foreach (var id in program.Graph.Nodes.Reachable(new[] { output.Value }))
            {
                if (program.Graph[id] is { Op: Op.Input, Name: var name })
                    masks[name] = (masks.TryGetValue(name, out var mask) ? mask : 0) | (1L << reals.IndexOf(parameter));
            }
        }

        string Read(string buffer, string tensor, string shown) => $"new({tensor}, {CSharpText.Literal(shown)}, 0x{masks[buffer]:x}L)";
        var results = Enumerable.Range(0, kernel.Results.Count)
            .Select(i => (Buffer: BufferNames.Result(i), Shown: kernel.Results.Count == 1 ? "its result" : $"its result {i + 1}"));
        return Tensors.Where(p => masks.ContainsKey(p.Name)).Select(p => Read(p.Name, Names.Parameter(p.Name), p.Name))
            .Concat(results.Where(r => masks.ContainsKey(r.Buffer)).Select(r => Read(r.Buffer, Names.Tensor(r.Buffer), r.Shown)));
    }

    private string Launches(ProgramCode program, IEnumerable<BufferModel> made) => new ProgramEmitter(program).Body(made, Shape, launches);

    private string BackwardMethod()
    {
        var text = new StringBuilder();
        var kept = string.Concat(Programs.Saved.Select(b => $"{Library.Tensor} {Names.Tensor(b.Name)}, "))
            + string.Concat(BackwardResults().Select(r => $"{Library.Tensor} {r}, "));
        text.Append($"        private static {Library.Tensor}?[] {Name}Backward({Library.Tensor}[] _gradients, bool[] _needed, " +
            $"{kept}{Parameters})\n        {CSharpText.Open}\n");
        var position = 0;
        for (var i = 0; i < kernel.Results.Count; i++)
        {
            if (kernel.Results[i].Type == ValueType.Real)
            {
                text.Append($"            var {Names.Tensor(BufferNames.ResultGradient(i))} = _gradients[{position++}];\n");
            }
        }
        var reals = RealTensors.Select(p => p.Name).ToList();
        var gradients = Programs.Gradients.ToArray();
        text.Append(
            $"            var _wanted = {string.Join(" | ", gradients.Select((g, i) => $"(_needed[{reals.IndexOf(g)}] ? 0x{1L << i:x}L : 0)"))};\n");
        var outputs = gradients
            .Select(g => new BufferModel(BufferNames.Gradient(g), ValueType.Real, kernel.Parameters.First(p => p.Name == g).Layout!.Names))
            .ToArray();
        text.Append(Launches(code.Backward!, outputs)).Append(KeepAlive);
        foreach (var name in Programs.Saved.Select(b => Names.Tensor(b.Name)).Concat(BackwardResults()))
        {
            text.Append($"            {Library.KeepAlive}({name});\n");
        }
        text.Append($"            {Library.KeepAlive}(_gradients);\n");
        // A stage may make a gradient beside the one that was wanted.
        for (var i = 0; i < gradients.Length; i++)
        {
            var name = Names.Tensor(BufferNames.Gradient(gradients[i]));
            text.Append($"            if ((_wanted & 0x{1L << i:x}L) == 0) {{ {name}?.Dispose(); {name} = null; }}\n");
        }
        var returned = string.Join(", ", reals.Select(r => gradients.Contains(r) ? Names.Tensor(BufferNames.Gradient(r)) : "null"));
        text.Append($"            return [{returned}];\n        {CSharpText.Close}\n");
        return text.ToString();
    }
}
