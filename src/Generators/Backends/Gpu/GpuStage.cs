using System.Collections.Generic;
using System.Linq;
using System.Text;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Lowering;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Backends.Gpu;

/// <summary>The generated struct of a stage, and how it is launched.</summary>
/// <param name="Name">The struct's name: an equal stage that was emitted before lends its own.</param>
/// <param name="Template">What kind of stage it is.</param>
/// <param name="Comment">What the stage computes, for readers.</param>
/// <param name="Interface">The interface that it implements, with <c>Self</c> for its own type.</param>
/// <param name="Arguments">Its fields.</param>
/// <param name="LooksUp">Whether it looks ids up, and has a place for faults.</param>
/// <param name="Members">Its other members, with <c>Self</c> for its own type.</param>
/// <param name="Launch">The call that launches <c>_stage</c>, likewise.</param>
internal sealed record GpuStage(
    string Name, string Template, string Comment, string Interface, IReadOnlyList<Argument> Arguments, bool LooksUp, string Members, string Launch)
    : IPrintedStage<GpuStage>
{
    /// <summary>
    /// Stands for the struct's type in <see cref="Interface"/> and <see cref="Members"/>, which are equal where only the name differs.
    /// </summary>
    public const string Self = "@Self";

    /// <summary>What it reads and writes.</summary>
    public IEnumerable<Place> Places => Arguments.OfType<PlaceArgument>().Select(a => a.Place).Distinct();

    /// <summary>The fields' types and names.</summary>
    public IEnumerable<(string Type, string Name)> Fields => Arguments.Select(a => (GpuFields.Type(a), StageFields.Name(a)))
        .Concat(
            LooksUp ? new[] { (GpuFields.View("int"), ScalarDialect.Faults), ("int", ScalarDialect.Fault) } : Enumerable.Empty<(string, string)>());

    /// <summary>The struct's type.</summary>
    private string Type => $"{Name}<T, S>";

    /// <summary>The call that launches it.</summary>
    public string Call => Launch.Replace(Self, Type);

    public string Key => string.Join(";", Fields.Select(f => $"{f.Type} {f.Name}")) + Interface + LineMarks.Strip(Members);

    public GpuStage Named(string name) => this with { Name = name };

    public string Struct()
    {
        var text = new StringBuilder();
        text.Append($"    /// <summary>{Template}: {Comment.Replace("&", "&amp;").Replace("<", "&lt;")}</summary>\n");
        text.Append($"    internal struct {Type} : {Interface.Replace(Self, Type)} {GpuBackend.Constraints}\n    {{\n");
        foreach (var fields in Fields.GroupBy(f => f.Type, f => f.Name)) text.Append($"        public {fields.Key} {string.Join(", ", fields)};\n");
        text.Append('\n').Append(Members.Replace(Self, Type)).Append("    }\n");
        return text.ToString();
    }

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
