using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Lowering;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Backends.Gpu;

/// <summary>The generated struct of a stage, and how it is launched.</summary>
/// <param name="LooksUp">Whether it looks ids up, and has a place for faults.</param>
/// <param name="Launch">The call that launches <c>_stage</c>, with <see cref="Self"/> for its own type.</param>
internal sealed record GpuStage(
    string Name, string Template, string Comment, string Interface, IReadOnlyList<Argument> Arguments, bool LooksUp, string Members, string Launch)
    : PrintedStage(Name, Template, Comment, Interface, Arguments, Members)
{
    /// <summary>
    /// Stands for the struct's type in interface and members, which are equal where only the name differs.
    /// </summary>
    public const string Self = "@Self";

    /// <summary>What it reads and writes.</summary>
    public IEnumerable<Place> Places => Arguments.OfType<PlaceArgument>().Select(a => a.Place).Distinct();

    public override IEnumerable<(string Type, string Name)> Fields => Arguments.Select(a => (GpuFields.Type(a), StageFields.Name(a)))
        .Concat(
            LooksUp ? new[] { (GpuFields.View("int"), ScalarDialect.Faults), ("int", ScalarDialect.Fault) } : Enumerable.Empty<(string, string)>());

    /// <summary>The struct's type.</summary>
    public string Type => $"{Name}<T, S>";

    /// <summary>The call that launches it.</summary>
    public string Call => Launch.Replace(Self, Type);

    protected override string Declaration => $"internal struct {Type} : {Interface.Replace(Self, Type)} {GpuBackend.Constraints}";

    protected override string Body => Members.Replace(Self, Type);

    public string Initialiser()
    {
        var fields = Arguments.Select(a => $"{StageFields.Name(a)} = {GpuFields.Source(a)}")
            .Concat(LooksUp
                ? new[] { $"{ScalarDialect.Faults} = _device.Faults", $"{ScalarDialect.Fault} = 1 + {Library.Gpu}GpuDevice.Fault(_name)" }
                : Enumerable.Empty<string>());
        return $"new {Type} {{ {string.Join(", ", fields)} }}";
    }

    /// <summary>The head of a method, whose locals are the fields.</summary>
    /// <param name="signature">The method, whose first parameter is the stage <c>_a</c>.</param>
    /// <param name="fields">The fields that were named.</param>
    /// <param name="looksUp">Whether ids are looked up.</param>
    public static string Head(string signature, StageFields fields, bool looksUp)
    {
        var names = fields.Arguments.Select(StageFields.Name)
            .Concat(looksUp ? new[] { ScalarDialect.Faults, ScalarDialect.Fault } : Enumerable.Empty<string>());
        return $"        {signature}\n        {CSharpText.Open}\n" + string.Concat(names.Select(name => $"            var {name} = _a.{name};\n"));
    }
}
