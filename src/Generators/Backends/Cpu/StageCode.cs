using System.Collections.Generic;
using System.Linq;
using System.Text;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Lowering;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Backends.Cpu;

/// <summary>The generated struct of a stage, and how it is launched.</summary>
/// <param name="Name">The struct's name: an equal stage that was emitted before lends its own.</param>
/// <param name="Template">What kind of stage it is.</param>
/// <param name="Comment">What the stage computes, for readers of the generated file and of <c>kernels show</c>.</param>
/// <param name="Interface">The interface it implements.</param>
/// <param name="Arguments">Its fields.</param>
/// <param name="Members">Its other members.</param>
/// <param name="Launcher">The method that runs it, and what this takes after the stage; sizes are the launch's locals.</param>
internal sealed record StageCode(
    string Name, string Template, string Comment, string Interface, IReadOnlyList<Argument> Arguments, string Members,
    (string Method, string Arguments) Launcher) : IPrintedStage<StageCode>
{
    /// <summary>The stages that are part of this one.</summary>
    public IReadOnlyList<StageCode> Parts { get; init; } = System.Array.Empty<StageCode>();

    /// <summary>What it reads and writes, its parts included.</summary>
    public IEnumerable<Place> Places => Arguments.OfType<PlaceArgument>().Select(a => a.Place).Concat(Parts.SelectMany(p => p.Places)).Distinct();

    /// <summary>The fields' types and names.</summary>
    public IEnumerable<(string Type, string Name)> Fields => Arguments.Select(a => (CpuFields.Type(a, this), StageFields.Name(a)));

    /// <summary>The call that launches it.</summary>
    public string Launch => $"{Launcher.Method}<{Name}<T>, T>(&_stage, {Launcher.Arguments});";

    public string Key => string.Join(";", Fields.Select(f => $"{f.Type} {f.Name}")) + Interface + LineMarks.Strip(Members);

    public StageCode Named(string name) => this with { Name = name };

    public string Struct()
    {
        var text = new StringBuilder();
        text.Append($"    /// <summary>{Template}: {Comment.Replace("&", "&amp;").Replace("<", "&lt;")}</summary>\n");
        text.Append($"    internal unsafe struct {Name}<T> : {Interface} where T : unmanaged\n    {{\n");
        foreach (var fields in Fields.GroupBy(f => f.Type, f => f.Name)) text.Append($"        public {fields.Key} {string.Join(", ", fields)};\n");
        text.Append('\n').Append(Members).Append("    }\n");
        return text.ToString();
    }

    public string Initialiser()
    {
        var fields = Arguments.Select(a => $"{StageFields.Name(a)} = {CpuFields.Source(a, this)}");
        return $"new {Name}<T> {{ {string.Join(", ", fields)} }}";
    }

    /// <summary>Copies of fields, so that the JIT need not read them again after every store.</summary>
    public static string Locals(StageFields fields) =>
        string.Concat(fields.Arguments.Select(StageFields.Name).Select(name => $"            var {name} = this.{name};\n"));
}
