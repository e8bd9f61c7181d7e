using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Emit.Cpu;

/// <summary>An index as a sum of loop variables with integer factors, plus an offset, over a divisor.</summary>
internal sealed record Affine(EquatableArray<AxisTerm> Terms, int Offset = 0, int Divisor = 1)
{
    public static Affine Variable(string name, int offset = 0) => new(EquatableArray.Of(new AxisTerm(name, 1)), offset);

    /// <summary>The factor of a variable.</summary>
    public int Scale(string variable) => Terms.Where(t => t.Axis == variable).Sum(t => t.Scale);

    public Affine Without(string variable) => this with { Terms = Terms.Where(t => t.Axis != variable).ToEquatable() };

    /// <summary>The map of a view, in terms of the loop variables that its axes stand for.</summary>
    public static Affine Compose(AxisMap map, System.Func<string, Affine> index)
    {
        // Divisions are exact where the value is read at all, so they all go to one common divisor.
        var common = map.Terms.Aggregate(1, (product, term) => product / Common(product, index(term.Axis).Divisor) * index(term.Axis).Divisor);
        var terms = new Dictionary<string, int>();
        var offset = common * map.Offset;
        foreach (var term in map.Terms)
        {
            var inner = index(term.Axis);
            var factor = term.Scale * (common / inner.Divisor);
            offset += factor * inner.Offset;
            foreach (var t in inner.Terms) terms[t.Axis] = (terms.TryGetValue(t.Axis, out var n) ? n : 0) + (factor * t.Scale);
        }
        var divisor = common * map.Divisor;
        var shared = terms.Values.Aggregate(Common(divisor, offset), Common);
        return new Affine(terms.Where(t => t.Value != 0).Select(t => new AxisTerm(t.Key, t.Value / shared)).ToEquatable(), offset / shared, divisor / shared);
    }

    /// <summary>The greatest common divisor.</summary>
    private static int Common(int a, int b) => b == 0 ? System.Math.Abs(a) : Common(b, a % b);

    /// <summary>C# text of the dividend.</summary>
    public override string ToString()
    {
        var text = string.Join(" + ", Terms.Select(t => t.Scale == 1 ? t.Axis : $"({t.Scale} * {t.Axis})"));
        if (text.Length == 0) return Offset.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return Offset == 0 ? text : Offset > 0 ? $"{text} + {Offset}" : $"{text} - {-Offset}";
    }
}

/// <summary>
/// An index that must lie in [0, size) for the value to be read; elsewhere it is zero. If <paramref name="Masked"/>, the value
/// computed from what is read is made zero there anyway, and the check only keeps reads inside their tensor.
/// </summary>
internal sealed record Check(Affine Index, string Axis, bool Masked);

/// <summary>What the axes of a value stand for where it is computed: indices in terms of loop variables, and what must hold for them.</summary>
internal sealed class IndexEnvironment
{
    private readonly Dictionary<string, Affine> indices;

    public IndexEnvironment(IEnumerable<string> axes, System.Func<string, string> variable) : this(axes.ToDictionary(a => a, a => Affine.Variable(variable(a))), System.Array.Empty<Check>())
    {
    }

    private IndexEnvironment(Dictionary<string, Affine> indices, IReadOnlyList<Check> checks)
    {
        this.indices = indices;
        Checks = checks;
    }

    public IReadOnlyList<Check> Checks { get; }

    public Affine this[string axis] => indices[axis];

    /// <summary>The environment of a view's argument; <paramref name="size"/> gives the name of an axis's size.</summary>
    public IndexEnvironment Through(string axis, AxisMap map, System.Func<string, string> size, bool masked = false)
    {
        var index = map.IsFromEnd ? Affine.Variable(size(axis), map.Offset) : Affine.Compose(map, a => indices[a]);
        var checks = map.Checked ? Checks.Concat(new[] { new Check(index, axis, masked) }).Distinct().ToArray() : Checks;
        return With(axis, index, checks);
    }

    /// <summary>With one axis at a given index.</summary>
    /// <summary>The place where a loop begins that goes along an axis, if there is one.</summary>
    public IndexEnvironment From(string axis, string start) => axis.Length == 0 ? this : With(axis, start == "0" ? new Affine(default) : Affine.Variable(start));

    public IndexEnvironment With(string axis, Affine index) => With(axis, index, Checks);

    private IndexEnvironment With(string axis, Affine index, IReadOnlyList<Check> checks) =>
        new(new Dictionary<string, Affine>(indices) { [axis] = index }, checks);

    /// <summary>Equal for environments in which a value over these axes is the same.</summary>
    public string Key(IEnumerable<string> axes) =>
        string.Join(";", axes.Select(a => indices.TryGetValue(a, out var i) ? $"{a}={i}/{i.Divisor}" : a)) + "|" + string.Join(";", Checks.Select(c => $"{c.Axis}:{c.Index}/{c.Index.Divisor}"));
}
