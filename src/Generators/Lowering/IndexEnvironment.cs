using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Lowering;

/// <summary>
/// A bound that must hold for a value to be read. If <paramref name="IsMasked"/>, the value computed from what is read is made zero elsewhere
/// anyway, and the bound only keeps reads inside their tensor.
/// </summary>
internal sealed record Check(Bound Bound, bool IsMasked);

/// <summary>What the axes of a value stand for where it is computed: indices in terms of variables, and what must hold for them.</summary>
internal sealed class IndexEnvironment
{
    private readonly Dictionary<string, Affine> indices;

    public IndexEnvironment(IEnumerable<LoopVariable> axes) : this(axes.ToDictionary(a => a.Axis, a => Affine.Of(a)), default)
    {
    }

    private IndexEnvironment(Dictionary<string, Affine> indices, EquatableArray<Check> checks)
    {
        this.indices = indices;
        Checks = checks;
    }

    public EquatableArray<Check> Checks { get; }

    public Affine this[string axis] => indices[axis];

    /// <summary>What a value over these axes depends on: equal where the value is the same.</summary>
    public EquatableArray<Affine> Of(IEnumerable<string> axes) => axes.Where(indices.ContainsKey).Select(a => indices[a]).ToEquatable();

    /// <summary>The environment of a view's argument.</summary>
    public IndexEnvironment Through(string axis, AxisMap map, bool masked = false)
    {
        var index = !map.IsFromEnd ? Affine.Compose(map, a => indices[a])
            : map.Terms.Count == 0 ? Affine.Of(new AxisSize(axis), map.Offset)
            : Affine.Compose(map with { Divisor = -map.Divisor }, a => indices[a]).Before(new AxisSize(axis));
        return With(axis, index, map.Checked ? Checks.Append(new Check(new Bound(index, axis), masked)).Distinct().ToEquatable() : Checks);
    }

    /// <summary>With one axis at a given index.</summary>
    public IndexEnvironment With(string axis, Affine index) => With(axis, index, Checks);

    private IndexEnvironment With(string axis, Affine index, EquatableArray<Check> checks) =>
        new(new Dictionary<string, Affine>(indices) { [axis] = index }, checks);
}
