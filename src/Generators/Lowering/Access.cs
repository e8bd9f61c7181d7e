using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Lowering;

/// <summary>One axis of what is accessed.</summary>
/// <param name="Index">Where along it.</param>
/// <param name="Stride">The axes whose sizes make up the distance of neighbours.</param>
internal sealed record AccessAxis(Affine Index, EquatableArray<string> Stride);

/// <summary>Which element of something that lies in memory, row-major: the sum of its indices times their strides.</summary>
internal sealed record Access(EquatableArray<AccessAxis> Axes)
{
    /// <summary>The element of a place.</summary>
    public static Access Of(Place place, IndexEnvironment env) =>
        new(place.Axes.Select(a => new AccessAxis(env[a], place.Stride(a).ToEquatable())).ToEquatable());

    /// <summary>The element of what lies densely over these axes.</summary>
    public static Access Of(IReadOnlyList<string> axes, IndexEnvironment env) =>
        new(axes.Select(a => new AccessAxis(env[a], Place.StrideOf(axes, a).ToEquatable())).ToEquatable());

    public IEnumerable<Affine> Indices => Axes.Select(a => a.Index);

    /// <summary>How far in it is known.</summary>
    public int Level => LevelWithout(null);

    /// <summary>How far in it is known, but for what one variable adds.</summary>
    public int LevelWithout(Variable? variable) => Indices.Select(i => i.Without(variable).Level).DefaultIfEmpty(0).Max();

    /// <summary>Whether another element is meant where the variable is another.</summary>
    public bool Varies(Variable? variable) => Indices.Any(i => i.Scale(variable) != 0);

    /// <summary>Whether neighbours along the variable are neighbours in memory.</summary>
    public bool IsDense(Variable? variable)
    {
        var along = Axes.Where(a => a.Index.Scale(variable) != 0).ToArray();
        return along.Length == 1 && along[0] is { Stride.Count: 0, Index.Divisor: 1 } && along[0].Index.Scale(variable) == 1;
    }
}
