using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Lowering;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Backends.Cpu;

/// <summary>The generated struct of a stage, and how it is launched.</summary>
/// <param name="Launcher">The method that runs it, and what this takes after the stage; sizes are the launch's locals.</param>
internal sealed record StageCode(
    string Name, string Template, string Comment, string Interface, IReadOnlyList<Argument> Arguments, string Members,
    (string Method, string Arguments) Launcher) : PrintedStage(Name, Template, Comment, Interface, Arguments, Members)
{
    /// <summary>The stages that are part of this one.</summary>
    public IReadOnlyList<StageCode> Parts { get; init; } = System.Array.Empty<StageCode>();

    /// <summary>What it reads and writes, its parts included.</summary>
    public IEnumerable<Place> Places => Arguments.OfType<PlaceArgument>().Select(a => a.Place).Concat(Parts.SelectMany(p => p.Places)).Distinct();

    public override IEnumerable<(string Type, string Name)> Fields => Arguments.Select(a => (CpuFields.Type(a, this), StageFields.Name(a)));

    /// <summary>The call that launches it.</summary>
    public string Launch => $"{Launcher.Method}<{Name}<T>, T>(&_stage, {Launcher.Arguments});";

    protected override string Declaration => $"internal unsafe struct {Name}<T> : {Interface} where T : unmanaged";

    public string Initialiser()
    {
        var fields = Arguments.Select(a => $"{StageFields.Name(a)} = {CpuFields.Source(a, this)}");
        return $"new {Name}<T> {{ {string.Join(", ", fields)} }}";
    }

    /// <summary>Copies of fields, so that the JIT need not read them again after every store.</summary>
    public static string Locals(StageFields fields) =>
        string.Concat(fields.Arguments.Select(StageFields.Name).Select(name => $"            var {name} = this.{name};\n"));
}
