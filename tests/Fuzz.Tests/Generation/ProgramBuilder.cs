using System.Globalization;
using Fuzz.Tests.Programs;

namespace Fuzz.Tests.Generation;

/// <summary>
/// Puts a random program together. It keeps track of axes, of bounds of every value (so that nothing leaves the domain of a function or
/// grows until rounding is all that is left of it), and of which values are the same in float32.
/// </summary>
internal sealed partial class ProgramBuilder(Random random)
{
    private const int MostElements = 4000;
    private const double Largest = 6;

    private readonly List<Node> nodes = [];
    private readonly Dictionary<string, Axis> axes = [];
    private int streams;

    public Random Random => random;

    public IReadOnlyList<Node> Nodes => nodes;

    public IReadOnlyDictionary<string, Axis> Axes => axes;

    /// <summary>Whether inputs have every magnitude, and bounds are kept now and then only.</summary>
    public bool IsWild { get; init; }

    /// <summary>Whether conditions may depend on rounding.</summary>
    public bool IsFragile { get; init; }

    public Node this[int id] => nodes[id];

    public bool Chance(double probability) => random.NextDouble() < probability;

    public T Pick<T>(params ReadOnlySpan<T> choices) => choices[random.Next(choices.Length)];

    public IReadOnlyList<string> AxesOf(params ReadOnlySpan<int> ids)
    {
        var joined = new List<string>();
        foreach (var id in ids)
        {
            foreach (var axis in nodes[id].Axes)
                if (!joined.Contains(axis)) joined.Add(axis);
        }

        return joined;
    }

    public long CountOf(IEnumerable<string> names) => names.Aggregate(1L, (n, a) => n * axes[a].Size);

    /// <summary>Whether values over all these axes stay small.</summary>
    public bool Fits(IReadOnlyList<string> names) => names.Count <= 6 && CountOf(names) <= MostElements;

    public string Axis(string name, int size, bool isFixed = false, AxisRule? rule = null)
    {
        axes.TryAdd(name, new Axis(name, size, isFixed, rule));
        return name;
    }

    public string FreshName(string prefix)
    {
        for (var i = 1; ; i++)
            if (!axes.ContainsKey(prefix + i)) return prefix + i;
    }

    public int Tensor(IEnumerable<string> over, double low = -1, double high = 1)
    {
        string[] names = [.. over];
        random.Shuffle(names);
        if (IsWild && Wild.Range(this) is > 0 and var range)
            return Add(new Node(NodeKind.Tensor, Layout(names), [], Element.Real, names, low < 0 ? -range : low, range, Exact: true, Range: range));
        return Add(new Node(NodeKind.Tensor, Layout(names), [], Element.Real, names, low, high, Exact: true));
    }

    /// <summary>A parameter of ids that point into an axis.</summary>
    public int Ids(IEnumerable<string> over, string table)
    {
        string[] names = [.. over];
        return Add(new Node(NodeKind.Ids, Layout(names), [], Element.Ids, names, 0, axes[table].Size - 1, Exact: true, Table: table));
    }

    /// <summary>A float parameter; checks give it 0.3.</summary>
    public int Scalar() => Add(new Node(NodeKind.Float, "", [], Element.Real, [], 0.3, 0.3, Exact: true));

    public int Flag() => Add(new Node(NodeKind.Flag, "", [], Element.Bool, [], Exact: true));

    /// <summary>An expression of real elements within bounds.</summary>
    public int Real(string text, IReadOnlyList<string> over, double low, double high, bool exact, params int[] args) =>
        Add(new Node(NodeKind.Expression, text, args, Element.Real, over, low, high, exact));

    public int Condition(string text, IReadOnlyList<string> over, params int[] args) =>
        Add(new Node(NodeKind.Expression, text, args, Element.Bool, over, Exact: true));

    public int IdsOf(string text, IReadOnlyList<string> over, int count, bool exact, params int[] args) =>
        Add(new Node(NodeKind.Expression, text, args, Element.Ids, over, 0, count - 1, exact));

    /// <summary>Axes in some order, sometimes two of them as one dimension.</summary>
    public string Layout(IReadOnlyList<string> names)
    {
        if (names.Count < 2 || !Chance(0.2)) return string.Join(" ", names);
        var at = random.Next(names.Count - 1);
        return string.Join(" ", [.. names.Take(at), $"({names[at]} {names[at + 1]})", .. names.Skip(at + 2)]);
    }

    public static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "float.PositiveInfinity"
        : double.IsNegativeInfinity(value) ? "float.NegativeInfinity"
        : double.IsNaN(value) ? "float.NaN"
        : Math.Clamp(value, -float.MaxValue, float.MaxValue).ToString("0.0###", CultureInfo.InvariantCulture) + "f";

    /// <summary>The same value, brought within bounds if it left them.</summary>
    public int Bounded(int x, double most = Largest)
    {
        var size = Math.Max(Math.Abs(nodes[x].Low), Math.Abs(nodes[x].High));
        if (nodes[x].Type == Element.Real && size <= most) return x;
        if (IsWild && Chance(0.7)) return x;
        if (size <= 1000 * most && Chance(0.6))
        {
            var factor = most / 2 / size;
            return Scale(x, factor >= 0.01 ? Math.Round(factor, 3) : Math.Round(factor, 4));
        }
        return Unary(Pick("Tanh", "Sin"), x);
    }

    public int Scale(int x, double factor)
    {
        if (factor == 0) factor = 0.0001;
        var (a, b) = (nodes[x].Low * factor, nodes[x].High * factor);
        return Real($"{{0}} * {Number(factor)}", nodes[x].Axes, Math.Min(a, b), Math.Max(a, b), false, x);
    }

    /// <summary>A value at least 0.2 made of another.</summary>
    public int Positive(int x)
    {
        if (nodes[x].Low >= 0.2) return x;
        x = Bounded(x, 3);
        var (low, high) = (nodes[x].Low, nodes[x].High);
        var most = Math.Max(Math.Abs(low), Math.Abs(high));
        return random.Next(5) switch
        {
            0 when high <= 2 => Real("Exp({0}) + 0.2f", nodes[x].Axes, 0.2, Math.Exp(high) + 0.2, false, x),
            1 => Real("{0} * {0} + 0.5f", nodes[x].Axes, 0.5, (most * most) + 0.5, false, x),
            2 => Real("Abs({0}) + 0.3f", nodes[x].Axes, 0.3, most + 0.3, false, x),
            3 => Real("Sigmoid({0}) + 0.25f", nodes[x].Axes, 0.25, 1.25, false, x),
            _ => Real("Max({0}, 0.25f)", nodes[x].Axes, 0.25, Math.Max(0.25, high), nodes[x].Exact, x),
        };
    }

    private int Add(Node node)
    {
        nodes.Add(node);
        return nodes.Count - 1;
    }
}
