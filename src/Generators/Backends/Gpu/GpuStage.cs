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

    /// <summary>In a part of a row block, what it takes beside its own arguments, and the memory of the group in it.</summary>
    public const string At = "_at", Scratch = "scratch";

    /// <summary>The same memory as that of elements in 16 bits.</summary>
    public const string ShortScratch = "shorts";

    /// <summary>
    /// How far from each other rows of so many elements lie in scratch: a multiple of four, so that four can be taken at once, and those past the end
    /// of a row are its own. Those in 16 bits tensor cores read from where they are, eight rows at once: an odd number of pieces of 16 bytes apart
    /// no two of these are in the same banks.
    /// </summary>
    public static string Pitch(bool isShort, string length) => isShort ? $"((({length} + 7) & ~7) | 8)" : $"(({length} + 3) & ~3)";

    /// <summary>The type of <see cref="At"/>.</summary>
    public const string Rows = Library.Gpu + "GpuBlockRows<T>";

    /// <summary>The stages that are part of this one.</summary>
    public IReadOnlyList<GpuStage> Parts { get; init; } = System.Array.Empty<GpuStage>();

    /// <summary>The arguments that it writes, beside which there may be words.</summary>
    public IReadOnlyList<Place> Beside { get; init; } = System.Array.Empty<Place>();

    /// <summary>As a part of a row block: the axes whose sizes have to be multiples of four for it to take four elements at once.</summary>
    public IReadOnlyList<string> FourSizes { get; init; } = System.Array.Empty<string>();

    /// <summary>What it reads and writes, its parts included.</summary>
    public IEnumerable<Place> Places => Arguments.OfType<PlaceArgument>().Select(a => a.Place).Concat(Parts.SelectMany(p => p.Places)).Distinct();

    public override IEnumerable<(string Type, string Name)> Fields => Arguments
        .Select(a => (a is PartArgument part ? Parts[part.Number].Type : GpuFields.Type(a), StageFields.Name(a)))
        .Concat(
            LooksUp ? new[] { (GpuFields.View("int"), ScalarDialect.Faults), ("int", ScalarDialect.Fault) } : Enumerable.Empty<(string, string)>())
        .Concat(Beside.Select(place => (GpuFields.View(LaunchClass.Short), GpuFields.Words(place))));

    /// <summary>The struct's type.</summary>
    public string Type => Name + GpuBackend.Parameters(HasShort);

    private bool HasShort => Beside.Count > 0 || Places.Any(p => p.Buffer.IsShort);

    /// <summary>The call that launches it.</summary>
    public string Call => Launch.Replace(Self, Type);

    protected override string Declaration =>
        $"internal struct {Type} : {Interface.Replace(Self, Type)} {GpuBackend.Constraints}{(HasShort ? GpuBackend.ShortConstraints : "")}";

    protected override string Body => Members.Replace(Self, Type);

    public string Initialiser()
    {
        var fields = Arguments
            .Select(a => $"{StageFields.Name(a)} = {(a is PartArgument part ? Parts[part.Number].Initialiser() : GpuFields.Source(a))}")
            .Concat(LooksUp
                ? new[] { $"{ScalarDialect.Faults} = _device.Faults", $"{ScalarDialect.Fault} = 1 + {Library.Gpu}GpuDevice.Fault(_name)" }
                : Enumerable.Empty<string>())
            .Concat(Beside.Select(place => $"{GpuFields.Words(place)} = {GpuFields.WordsSource(place)}"));
        return $"new {Type} {{ {string.Join(", ", fields)} }}";
    }

    /// <summary>The head of a method, whose locals are the fields.</summary>
    /// <param name="signature">The method, whose first parameter is the stage <c>_a</c>.</param>
    /// <param name="fields">The fields that were named.</param>
    /// <param name="looksUp">Whether ids are looked up.</param>
    /// <param name="rows">The rows of the block that it is part of: its scratch begins with the first of those that are there.</param>
    public static string Head(string signature, StageFields fields, bool looksUp, IReadOnlyList<string>? rows = null)
    {
        var scratch = fields.Arguments.OfType<PlaceArgument>().Where(a => a.Place.IsScratch).ToArray();
        var moved = scratch.ToDictionary(
            StageFields.Name, a => $" - ({At}.First * {Pitch(a.Place.Buffer.IsShort, fields.Product(a.Place.Axes.Except(rows!)))})");
        var names = fields.Arguments.Select(StageFields.Name)
            .Concat(looksUp ? new[] { ScalarDialect.Faults, ScalarDialect.Fault } : Enumerable.Empty<string>());
        return $"        {signature}\n        {CSharpText.Open}\n"
            + string.Concat(names.Where(name => !moved.ContainsKey(name)).Select(name => $"            var {name} = _a.{name};\n"))
            + string.Concat(moved.Select(m => $"            var {m.Key} = _a.{m.Key}{m.Value};\n"))
            + (scratch.Any(a => !a.Place.Buffer.IsShort) ? $"            var {Scratch} = {At}.Scratch;\n" : "")
            + (scratch.Any(a => a.Place.Buffer.IsShort) ? $"            var {ShortScratch} = {At}.Scratch.Cast<{LaunchClass.Short}>();\n" : "");
    }
}
