using System.Globalization;
using System.Linq;
using System.Text;

namespace MageDsl.Generators.Ir;

/// <summary>
/// The IR as text: what is listed for a person, and what travels in the assembly so that other projects can inline the kernel.
/// <code>
/// magedsl-ir 2
/// kernel LayerNorm of Layers in MageDsl.Layers
/// definition global::MageDsl.Layers.Layers.LayerNorm
/// flags fusion differentiable
/// param x tensor "n d"
/// param eps float = 1E-06F
/// result real "n d" %7 into x as Normalized
/// rule y = h by i offset 2 stride 1
/// like %5 %0
/// %0 = input x  [n d]
/// %3 = mul %1 %2  [n d]
/// </code>
/// </summary>
internal static class IrText
{
    internal const string Header = "magedsl-ir 2";

    /// <summary>The text of a model; <see cref="Parse"/> gives an equal model back.</summary>
    public static string Print(KernelModel kernel)
    {
        var text = new StringBuilder();
        void Line(string line) => text.Append(line).Append('\n');

        Line(Header);
        Line($"kernel {kernel.Name} of {kernel.TypeName}{(kernel.Namespace.Length > 0 ? " in " + kernel.Namespace : "")}");
        Line($"definition {kernel.Definition}");
        Line($"flags{(kernel.Fusion ? " fusion" : "")}{(kernel.Differentiable ? " differentiable" : "")}" +
            $"{Choice("scores", kernel.Choices.Scores)}{Choice("prologue", kernel.Choices.Prologue)}");
        foreach (var p in kernel.Parameters)
        {
            Line($"param {p.Name} {Word(p.Kind)}{(p.SizeOf.Length > 0 ? " " + p.SizeOf : "")}" +
                $"{(p.Layout != null ? $" \"{p.Layout}\"" : "")}{(p.Default.Length > 0 ? " = " + p.Default : "")}");
        }
        foreach (var r in kernel.Results)
        {
            Line($"result {Word(r.Type)} \"{r.Layout}\" %{r.Value}" +
                $"{(r.Into.Length > 0 ? " into " + r.Into : "")}{(r.Name.Length > 0 ? " as " + r.Name : "")}");
        }
        foreach (var r in kernel.Rules)
            Line($"rule {r.Axis} = {r.From}{(r.By.Length > 0 ? " by " + r.By : "")} offset {Text(r.Offset)} stride {Text(r.Stride)}");
        foreach (var l in kernel.Likes)
            Line($"like %{l.Node} %{l.Like}");
        for (var id = 0; id < kernel.Nodes.Count; id++) Line(Print(id, kernel.Nodes[id]));
        return text.ToString();
    }

    /// <summary>One node as its line.</summary>
    public static string Print(int id, Node node)
    {
        var text = new StringBuilder($"%{id} = {Word(node.Op)}");
        foreach (var arg in node.Args) text.Append(" %").Append(arg);
        if (node.Name.Length > 0) text.Append(' ').Append(node.Name);
        if (node.Op == Op.Const && !node.Type.IsScalar()) text.Append(' ').Append(Text(node.Number));
        else if (node.Number != 0) text.Append(" number=").Append(Text(node.Number));
        if (node.Over.Count > 0) text.Append(" over=").Append(string.Join(",", node.Over));
        if (node.Map is { } map)
        {
            text.Append(" map=").Append(string.Join(",", map.Terms.Select(t => $"{t.Axis}*{Text(t.Scale)}")));
            text.Append(" offset=").Append(Text(map.Offset)).Append(" divisor=").Append(Text(map.Divisor));
            if (map.Checked) text.Append(" checked=true");
        }
        if (node.Type != ValueType.Real) text.Append(" :").Append(Word(node.Type));
        return text.Append("  [").Append(string.Join(" ", node.Axes)).Append(']').ToString();
    }

    /// <summary>Reads what <see cref="Print(KernelModel)"/> wrote; throws <see cref="System.FormatException"/> naming the line.</summary>
    public static KernelModel Parse(string text) => new IrReader(text).Read();

    /// <summary>A choice that the author made; nothing where it is left to the compiler.</summary>
    private static string Choice<T>(string name, T value) where T : struct => value.Equals(default(T)) ? "" : $" {name}={Word(value)}";

    internal static string Word<T>(T value) where T : struct => value.ToString()!.ToLowerInvariant();

    internal static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
