using System.Globalization;
using System.Text;
using MageDsl.Testing;

namespace Fuzz.Tests.Programs;

/// <summary>
/// A random kernel: its nodes, results and axes, and the seed of the numbers that it runs with. Layouts are kept without the sizes
/// that they fix; those come from the axes.
/// </summary>
internal sealed record FuzzProgram(
    string Name, int Seed, IReadOnlyList<Node> Nodes, IReadOnlyList<Result> Results, IReadOnlyDictionary<string, Axis> Axes)
{
    /// <summary>Whether it takes inputs of every magnitude, zeros and ties, and leaves the domain of functions where nobody looks.</summary>
    public bool IsWild { get; init; }

    /// <summary>What the fused kernel decides in place of the cost model, as C# in its attribute; empty for nothing.</summary>
    public string Choices { get; init; } = "";

    /// <summary>The nodes that some result needs, in order.</summary>
    public IReadOnlyList<int> Live()
    {
        var live = new SortedSet<int>();
        foreach (var result in Results) Visit(result.Node);
        return [.. live];

        void Visit(int id)
        {
            if (!live.Add(id)) return;
            foreach (var arg in Nodes[id].Args) Visit(arg);
        }
    }

    /// <summary>The number of lines of the definition.</summary>
    public int Length => Live().Count(id => !Nodes[id].IsParameter);

    /// <summary>The axes that live nodes and results have.</summary>
    public IEnumerable<string> LiveAxes() =>
        Live().SelectMany(id => Nodes[id].Axes).Concat(Results.SelectMany(r => AxesOf(r.Layout))).Distinct();

    /// <summary>The sizes that a check gives to the axes.</summary>
    public IReadOnlyDictionary<string, int> Sizes => Axes.ToDictionary(a => a.Key, a => a.Value.Size);

    /// <summary>The kernel's class, fused or not. Both are named alike but for the ending.</summary>
    public string Source(bool fused) =>
        $"public static partial class {ClassName(fused)}\n{{\n{Method(fused ? FusedAttribute : "[Kernel(Fusion = false)]")}}}\n";

    private string FusedAttribute => Choices.Length == 0 ? "[Kernel]" : $"[Kernel({Choices})]";

    public string ClassName(bool fused) => Name + (fused ? "" : "Unfused");

    /// <summary>The method by itself, as a person would write it.</summary>
    public string Method(string attribute)
    {
        var live = Live();
        var text = new StringBuilder();
        text.Append($"    {attribute}\n    [return: {ReturnLayouts()}]\n");
        text.Append(
            $"    public static {(Results.Count == 1 ? "Expr" : $"({string.Join(", ", Results.Select((_, i) => $"Expr R{i}"))})")} F(\n        ");
        text.Append(string.Join(", ", Parameters(live))).Append(")\n    {\n");
        foreach (var id in live.Where(id => !Nodes[id].IsParameter)) text.Append($"        var {NameOf(id)} = {Expression(id)};\n");
        var results = Results.Select(r => NameOf(r.Node)).ToArray();
        return text.Append($"        return {(results.Length == 1 ? results[0] : $"({string.Join(", ", results)})")};\n    }}\n").ToString();
    }

    /// <summary>Where arguments are drawn from: ids from their tables, positive tensors from positive numbers.</summary>
    public IReadOnlyDictionary<string, InputDomain> Domains() => Live().Where(id => Nodes[id].Kind is NodeKind.Tensor or NodeKind.Ids)
        .ToDictionary(NameOf, id => Nodes[id] switch
        {
            { Kind: NodeKind.Ids } ids => InputDomain.IdsOf(ids.Table),
            { Range: > 0 } tensor => InputDomain.Between(tensor.Low, tensor.High).Widened(tensor.Range),
            var tensor => InputDomain.Between(tensor.Low, tensor.High),
        });

    /// <summary>The axes of a layout, in order.</summary>
    public static string[] AxesOf(string layout) => layout.Split([' ', '(', ')'], StringSplitOptions.RemoveEmptyEntries);

    public override string ToString() =>
        $"{Method(FusedAttribute)}    // sizes {string.Join(" ", LiveAxes().Where(Axes.ContainsKey).Select(a => $"{a}={Axes[a].Size}"))}, " +
        $"seed {Seed}\n";

    private string NameOf(int id) => Nodes[id].Kind switch
    {
        NodeKind.Tensor => $"x{id}",
        NodeKind.Ids => $"ids{id}",
        NodeKind.Float => $"s{id}",
        NodeKind.Seed => $"seed{id}",
        NodeKind.Flag => $"flag{id}",
        _ => $"v{id}",
    };

    private string Expression(int id) => string.Format(CultureInfo.InvariantCulture, Nodes[id].Text, [.. Nodes[id].Args.Select(NameOf)]);

    private string Layout(string layout) => string.Join(" ", layout.Split(' ').Select(word =>
    {
        var name = word.Trim('(', ')');
        return Axes.TryGetValue(name, out var axis) && axis.Fixed ? word.Replace(name, $"{name}={axis.Size}") : word;
    }));

    private string ReturnLayouts()
    {
        var parts = new List<string>();
        foreach (var (type, attribute) in new[] { (Element.Real, "Dims"), (Element.Ids, "Ids") })
        {
            var layouts = Results.Where(r => Nodes[r.Node].Type == type).Select(r => $"\"{Layout(r.Layout)}\"").ToArray();
            if (layouts.Length > 0) parts.Add($"{attribute}({string.Join(", ", layouts)})");
        }
        return string.Join(", ", parts);
    }

    private IEnumerable<string> Parameters(IReadOnlyList<int> live)
    {
        foreach (var id in live.Where(id => Nodes[id].IsParameter))
        {
            yield return Nodes[id].Kind switch
            {
                NodeKind.Tensor => $"[Dims(\"{Layout(Nodes[id].Text)}\")] Expr {NameOf(id)}",
                NodeKind.Ids => $"[Ids(\"{Layout(Nodes[id].Text)}\")] Expr {NameOf(id)}",
                NodeKind.Float => $"float {NameOf(id)}",
                NodeKind.Seed => $"int {NameOf(id)}",
                _ => $"bool {NameOf(id)}",
            };
        }
        // In a group of a parameter's layout, all sizes but one must be known.
        var grouped = live.Where(id => Nodes[id].IsParameter).SelectMany(id => Groups(Nodes[id].Text))
            .SelectMany(g => g.Skip(1)).Where(a => !Axes[a].Fixed).Distinct();
        foreach (var axis in grouped) yield return $"[Size(\"{axis}\")] int size_{axis}";
    }

    private static IEnumerable<string[]> Groups(string layout) =>
        layout.Split('(').Skip(1).Select(part => AxesOf(part.Split(')')[0]));
}
