using System;

namespace MageDsl.Generators.Ir;

/// <summary>
/// What a value's elements are. Ids and indices are exact small integers, kept as reals in arithmetic. Those after Bool are the types of
/// C#'s own scalars (a Flag is its bool), which are computed where a kernel is launched, as C# computes them.
/// </summary>
internal enum ValueType { Real, Ids, Bool, Flag, SByte, Byte, Short, UShort, Int, UInt, Long, ULong, Float, Double }

/// <summary>The primitives. Everything else is defined in the language from these.</summary>
internal enum Op
{
    // Leaves.
    Input,        // Name: tensor parameter
    Scalar,       // Name: float, double, int or bool parameter; once flags are known, also a scalar that the launch computes
    Const,        // Number; of a C# scalar Name, a literal
    Size,         // Name: axis; the size of an axis, as a scalar
    Index,        // Axes = [axis]; iota
    Random,       // Axes explicit, Args = [seed], Number = stream
    Lift,         // Args = [scalar]; a C# scalar as a value of the language, without axes

    // Elementwise.
    Neg, Exp, Log, Sqrt, Rsqrt, Erf, Tanh, Sigmoid, Sin, Cos, Abs, Floor, Not, StopGradient,
    Add, Sub, Difference, Mul, Gate, Div, Min, Max, Pow, Less, LessEqual, Equal, And, Or,
    Select,
    Copy,         // the same value once more, so that it has a place of its own
    Broadcast,    // Axes explicit, more than the argument has

    // Of C# scalars only, as are those elementwise ones whose type is one: Name is "checked" where an overflow throws.
    Rem, Xor, Complement, ShiftLeft, ShiftRight, ShiftRightUnsigned, Convert,
    Call,         // Name: a static method, as "System.MathF.Pow"

    // Over axes (Over lists them).
    ReduceSum, ReduceMax, ReduceMin, ArgMax, ArgMin,

    // Table lookup and its adjoint.
    Gather,       // Args = [table, index], Over = [axis of table]
    ScatterAdd,   // Args = [value, index], Over = [axis of the result]; sums over index axes that the result lacks

    // Views: the axis Over[0] of the argument is read at an affine function of other axes, zero where out of range.
    View,         // Args = [value], Map
    Stack,        // Args = components along the new axis Over[0], whose size is their count
}

/// <summary>
/// Where a view reads its argument's axis: <c>(sum of Scale_i * Axis_i + Offset) / Divisor</c>. Elements outside the argument, or not divisible, are zero if <see cref="Checked"/>; else all are inside.
/// Without terms one element is picked, and a negative offset counts from the end.
/// </summary>
internal sealed record AxisMap(EquatableArray<AxisTerm> Terms, int Offset, int Divisor, bool Checked)
{
    /// <summary>Whether one element is picked, counted from the end of the axis.</summary>
    public bool IsFromEnd => Terms.Count == 0 && Offset < 0;

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
