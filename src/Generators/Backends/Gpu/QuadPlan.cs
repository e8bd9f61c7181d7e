using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Lowering;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Backends.Gpu;

/// <summary>
/// Whether a thread may take four neighbours along an axis at once: where all that lies in memory is dense along it from its beginning, or the same
/// for all of it, nothing is looked up or bounded along it, and sizes are such that every four begin at a multiple of four, as rows of scratch always
/// do. That memory itself begins at one, blocks of it see to.
/// </summary>
/// <param name="Axis">The axis; null if a thread takes one element.</param>
/// <param name="Sizes">The axes whose sizes have to be multiples of four: it, and those by whose sizes memory is strided.</param>
internal sealed record QuadPlan(LoopVariable? Axis, IReadOnlyList<string> Sizes)
{
    /// <summary>A thread takes one element.</summary>
    public static QuadPlan None { get; } = new(null, System.Array.Empty<string>());

    /// <summary>
    /// Whether the last four of a row may be beyond its end in part: what is read and written of them is its own, and nothing comes of it. Then rows
    /// may have any length, and random numbers begin anywhere.
    /// </summary>
    public bool IsRagged { get; private init; }

    /// <summary>Whether all that lies along the axis is scratch in 16 bits, whose rows are of whole eights.</summary>
    public bool IsOfShortScratch { get; private init; }

    /// <summary>The plan for neighbours along an axis of a loop.</summary>
    public static QuadPlan Of(LoweredLoop loop, LoopVariable? axis) => Of(loop, axis, rows: null);

    private static QuadPlan Of(LoweredLoop loop, LoopVariable? axis, IReadOnlyList<string>? rows)
    {
        var stores = loop.Passes.SelectMany(p => p.Stores).Concat(loop.RowStores).ToArray();
        return Of(axis, loop.Passes.SelectMany(p => p.Roots).Concat(stores.Select(s => s.Value)), stores, rows, isRagged: rows != null);
    }

    /// <summary>The plan for a loop of a row block with these rows: where all that lies along the row is in scratch.</summary>
    public static QuadPlan OfPart(LoweredLoop loop, IReadOnlyList<string> rows)
    {
        var plan = loop.Inner.Count == 1 ? Of(loop, loop.Dense, rows) : None;
        return plan.Sizes.Count == 0 ? plan : None;
    }

    /// <summary>The plan for neighbours along an axis.</summary>
    /// <param name="axis">The axis, if there is one.</param>
    /// <param name="roots">What is computed.</param>
    /// <param name="stores">What is stored of it.</param>
    /// <param name="rows">Of a part of a row block its rows.</param>
    /// <param name="isRagged">See <see cref="IsRagged"/>.</param>
    public static QuadPlan Of(
        LoopVariable? axis, IEnumerable<Value> roots, IReadOnlyList<Store> stores, IReadOnlyList<string>? rows = null, bool isRagged = false)
    {
        if (axis is null) return None;
        var computations = Value.Reachable(roots).Select(v => v.Computation).ToArray();
        var loads = computations.OfType<Load>().ToArray();
        var bounds = loads.SelectMany(l => l.Bounds).Concat(computations.OfType<Masked>().Select(m => m.Bound));
        var drawn = computations.OfType<RandomNumber>().Select(r => r.Access).Where(a => VariesAlong(a, axis)).ToArray();
        var along = loads.Select(l => (l.Place, l.Access)).Concat(stores.Select(s => (s.Place, s.Access)))
            .Where(x => VariesAlong(x.Access, axis)).ToArray();
        if (along.Select(x => x.Access).Concat(drawn).Any(a => !IsWhole(a, axis)) || bounds.Any(b => Varies(b.Index, axis))
            || computations.OfType<Position>().Any(p => IsLookedUp(p.Index, axis))
            || along.Any(x => x.Place.IsScratch && x.Place.Axes.Count(a => !rows!.Contains(a)) != 1))
        {
            return None;
        }
        // Rows of scratch have lengths of their own, which are not to depend on those of others.
        var outside = along.Where(x => !x.Place.IsScratch).ToArray();
        var accesses = outside.Select(x => x.Access).Concat(isRagged ? System.Array.Empty<Access>() : drawn).ToArray();
        var stacks = outside.Select(x => x.Place).Where(p => p.StackAxis.Length > 0);
        var strides = accesses.SelectMany(a => a.Axes).Select(a => a.Stride.ToArray()).Concat(stacks.Select(p => p.Stride(p.StackAxis).ToArray()));
        var sizes = strides.Where(s => s.Length > 0).Select(s => s[s.Length - 1]);
        if (rows is null || accesses.Length > 0) sizes = sizes.Prepend(axis.Axis);
        var plan = new QuadPlan(axis, sizes.Distinct().ToArray())
        {
            IsRagged = isRagged, IsOfShortScratch = isRagged && along.All(x => x.Place.IsScratch && x.Place.Buffer.IsShort),
        };
        return plan.Sizes.Count > 0 && along.Length > outside.Length ? None : plan;
    }

    /// <summary>Whether a launch may take four, as a condition over its sizes.</summary>
    public string Condition => Axis is null ? "false"
        : string.Join(" && ", Sizes.Select(a => $"{CSharp.Sizes.Of(a)} % 4 == 0"));

    /// <summary>The member of a stage that says whether a thread takes four.</summary>
    public string Member => $"        public static bool IsByFours => {CSharp.CSharpText.Literal(Axis != null)};\n\n";

    /// <summary>What kind of stage it is, for people.</summary>
    public string Describe(LoweredLoop loop) => Axis is null ? loop.Template : $"{loop.Template} by fours along {Axis.Axis}";

    /// <summary>Whether another index is meant where the position along the axis is another.</summary>
    public static bool Varies(Affine index, LoopVariable? axis) => index.Scale(axis) != 0 || IsLookedUp(index, axis);

    private static bool VariesAlong(Access access, LoopVariable axis) => access.Indices.Any(i => Varies(i, axis));

    private static bool IsLookedUp(Affine index, LoopVariable? axis) => index.Terms.Select(t => t.Variable).OfType<Lookup>()
        .Any(l => l.Access.Indices.Concat(l.Bounds.Select(b => b.Index)).Any(i => Varies(i, axis)));

    /// <summary>Whether neighbours are neighbours in memory, and the first is the first there.</summary>
    private static bool IsWhole(Access access, LoopVariable axis) =>
        access.IsDense(axis) && access.Indices.All(i => i.Equals(Affine.Of(axis)) || !Varies(i, axis));
}
