using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Lowering;

namespace MageDsl.Generators.Backends.Gpu;

/// <summary>
/// Additions to places that ids name: for each term its key, which is where it goes, and what it adds to each element of the key's line. The rest,
/// terms in the order of their keys and sums of those that have the same, is no matter of what is computed.
/// </summary>
internal sealed class ScatterTemplate
{
    private readonly LoweredLoop loop;
    private readonly Scatter scatter;
    private readonly StageFields fields = new();
    private readonly QuadPlan quads;

    // The result's own axes, along which ids differ or not, and the axes of terms.
    private readonly LoopVariable[] items;
    private readonly LoopVariable[] elements;
    private readonly LoopVariable[] terms;
    private readonly AccessAxis key;
    private readonly string keyAxis;
    private bool looksUp;

    private ScatterTemplate(LoweredLoop loop)
    {
        this.loop = loop;
        scatter = loop.Passes.Single().Scatter!;
        var axes = scatter.Place.Axes
            .Zip(scatter.Access.Axes, (axis, access) => (Axis: axis, Access: access, Own: Plain(axis, access.Index))).ToArray();
        (keyAxis, key) = axes.Where(a => a.Own is null).Select(a => (a.Axis, a.Access)).Single();
        var own = axes.Select(a => a.Own).OfType<LoopVariable>().ToArray();
        items = own.Where(v => QuadPlan.Varies(key.Index, v)).ToArray();
        elements = own.Except(items).ToArray();
        terms = loop.Outer.Concat(loop.Inner).Except(own).ToArray();
        var dense = elements.LastOrDefault();
        quads = QuadPlan.Of(dense, new[] { scatter.Value }, new[] { new Store(scatter.Place, scatter.Access, scatter.Value, false) });
    }

    public static GpuStage Print(LoweredLoop loop, string name) => new ScatterTemplate(loop).Run(name);

    private GpuStage Run(string name)
    {
        var lanes = $"<{GpuBackend.Lanes}>";
        var members = quads.Member
            + Method("int Key", "int item, int term", "", values => $"return {values.Index(key.Index)};", (items, "item"), (terms, "term"))
            + "\n" + Method(
                $"V Term{lanes}", "int item, int term, int element", GpuBackend.LaneConstraints,
                values => $"return {values.Spread(scatter.Value)};", (items, "item"), (terms, "term"), (elements, "element"))
            + "\n" + Method(
                $"void Store{lanes}", "int item, int key, int element, V sum", GpuBackend.LaneConstraints,
                values => $"L.Store({values.Fields.Pointer(scatter.Place)}, {Offset(values.Fields)}, sum);", (items, "item"), (elements, "element"));
        var sizes = string.Join(", ", new[] { items.Axes(), terms.Axes(), new[] { keyAxis }, elements.Axes() }.Select(Sizes.Product));
        var launch = $"{Library.Gpu}GpuScatter.Add<{GpuStage.Self}, T, S>(_device, _stage, {sizes}, {quads.Condition});";
        return new GpuStage(
            name, quads.Describe(loop), loop.Comment, $"{Library.Gpu}IGpuScatter<{GpuStage.Self}, T>", fields.Arguments, looksUp, members, launch);
    }

    /// <summary>A method that knows some indices by a number for several.</summary>
    private string Method(
        string head, string parameters, string constraints, System.Func<ScalarDialect, string> body,
        params (LoopVariable[] Axes, string Number)[] known)
    {
        var values = new ScalarDialect(new StageFields(), quads: quads);
        var sections = loop.Inner.Count + 2;
        values.Code.Push(0);
        values.Code.PushBeside(1);
        foreach (var (axes, number) in known) Sections.Decode(values, number, axes);
        Sections.Open(values.Code, 2, sections - 1);
        values.Code.Line(body(values));
        var text = Sections.Close(values.Code, sections);
        foreach (var argument in values.Fields.Arguments) _ = fields[argument];
        looksUp |= values.LooksUp;
        var signature = $"public static {head}({GpuStage.Self} _a, {parameters}) {constraints}".TrimEnd();
        return $"{GpuStage.Head(signature, values.Fields, values.LooksUp)}{text}        {CSharpText.Close}\n";
    }

    /// <summary>The axis's own loop variable, if that is the index; null if it is something else.</summary>
    private static LoopVariable? Plain(string axis, Affine index) =>
        index is { Terms.Count: 1, Offset: 0, Divisor: 1 } && index.Terms[0] is { Scale: 1, Variable: LoopVariable variable } && variable.Axis == axis
            ? variable : null;

    private string Offset(StageFields names) => string.Join(" + ", scatter.Access.Axes.Select(a =>
        $"{(a == key ? "key" : Names.Variable((LoopVariable)a.Index.Terms[0].Variable))} * ({names.Product(a.Stride)})"));
}
