using System;

namespace MageDsl.Generators.Ir;

/// <summary>
/// What a value's elements are. Ids and indices are exact small integers, kept as reals in arithmetic. Those after Bool are the types of
/// C#'s own scalars (a Flag is its bool), which are computed where a kernel is launched, as C# computes them.
/// </summary>
internal enum ValueType { Real, Ids, Bool, Flag, SByte, Byte, Short, UShort, Int, UInt, Long, ULong, Float, Double }

/// <summary>
/// Where a view reads its argument's axis: <c>(sum of Scale_i * Axis_i + Offset) / Divisor</c>. Elements outside the argument, or not divisible,
/// are zero if <see cref="Checked"/>; else all are inside. With a negative divisor that is counted from the end, and added to the size. Without
/// terms one element is picked, and a negative offset counts from the end, too.
/// </summary>
internal sealed record AxisMap(EquatableArray<AxisTerm> Terms, int Offset, int Divisor, bool Checked)
{
    /// <summary>Whether it counts from the end of the axis.</summary>
    public bool IsFromEnd => Divisor < 0 || (Terms.Count == 0 && Offset < 0);

    /// <summary>An axis from its end to its beginning: element i is the one at <c>size - 1 - i</c>.</summary>
    public static AxisMap Flip(string axis) => new(EquatableArray.Of(new AxisTerm(axis, 1)), 1, -1, false);

    /// <summary>Of a pick, the least size of the axis that it is in.</summary>
    public int Least => Offset < 0 ? -Offset : Math.Min(Offset, int.MaxValue - 1) + 1;

    /// <summary>Of a pick, the place in an axis of a known size.</summary>
    public int Place(int size) => Offset < 0 ? size + Offset : Offset;
}

/// <summary>One axis with an integer factor.</summary>
internal sealed record AxisTerm(string Axis, int Scale);

/// <summary>One value of the graph. <see cref="Args"/> are positions of earlier nodes.</summary>
internal sealed record Node(
    Op Op,
    ValueType Type,
    EquatableArray<string> Axes,
    EquatableArray<int> Args,
    string Name = "",
    double Number = 0,
    EquatableArray<string> Over = default,
    AxisMap? Map = null)
{
    // Compared by bits: 0 and -0 are two constants.
    private readonly long bits = BitConverter.DoubleToInt64Bits(Number);

    public double Number
    {
        get => BitConverter.Int64BitsToDouble(bits);
        init => bits = BitConverter.DoubleToInt64Bits(value);
    }

    /// <summary>What is true of its operation.</summary>
    public OpFacts Facts => OpFacts.Of(Op);

    /// <summary>Whether it takes axes away by combining along them.</summary>
    public bool IsReduction => Facts.Kind == OpKind.Reduction;

    /// <summary>Whether an element of it takes many times as long as a multiplication.</summary>
    public bool IsCostly => Facts.IsCostly;
}
