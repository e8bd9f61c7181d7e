using System;
using System.Linq;

namespace MageDsl.Generators.Ir;

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
    Add, Sub, Difference, Mul, Gate, Div, Min, Max, Pow, Atan2, Less, LessEqual, Equal, And, Or,
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

/// <summary>How an operation goes over axes.</summary>
internal enum OpKind
{
    /// <summary>Has no value for an argument.</summary>
    Leaf,

    /// <summary>An element follows from the elements of the arguments at its own place.</summary>
    Elementwise,

    /// <summary>Of C# scalars, at the launch.</summary>
    Scalar,

    /// <summary>Takes axes away by combining along them.</summary>
    Reduction,

    /// <summary>Adds elements to places that ids name.</summary>
    Scatter,

    /// <summary>Reads its argument at another place.</summary>
    Lookup,

    /// <summary>Puts values side by side.</summary>
    Stack,
}

/// <summary>
/// What is true of an operation wherever it stands. What it computes is said where that is needed: axes and type in <see cref="Graph"/>.
/// </summary>
/// <param name="Kind">How it goes over axes.</param>
/// <param name="Arity">How many arguments it has; -1 for any number.</param>
/// <param name="Cost">
/// Arithmetic operations per element in the vector code for floats; a fused multiply-add is two. Functions count what their approximation spends
/// (<c>FloatMath</c>), not one: a share of the machine's peak would mean nothing otherwise.
/// </param>
internal sealed record OpFacts(OpKind Kind, int Arity, int Cost)
{
    private static readonly OpFacts[] Table = Enum.GetValues(typeof(Op)).Cast<Op>().Select(Find).ToArray();

    /// <summary>Whether gradients go back through it; else it is a constant to the derivative, by nature or by request.</summary>
    public bool CarriesGradient { get; init; } = true;

    /// <summary>Whether it makes conditions of numbers, or of conditions.</summary>
    public bool IsCondition { get; init; }

    /// <summary>Whether it takes conditions.</summary>
    public bool TakesConditions { get; init; }

    /// <summary>Whether it gives a place along an axis, rather than a number.</summary>
    public bool IsPosition { get; init; }

    /// <summary>Whether it comes out the same to the last bit when it is computed again of the same numbers, in whatever company.</summary>
    public bool IsExact { get; init; }

    /// <summary>Whether it stays between moderate numbers, whatever the arguments are.</summary>
    public bool IsBounded { get; init; }

    /// <summary>Whether it is never negative.</summary>
    public bool IsNotNegative { get; init; }

    /// <summary>Whether an element of it takes many times as long as a multiplication.</summary>
    public bool IsCostly => Cost >= 20;

    /// <summary>Whether an element takes about as long as adding it to something.</summary>
    public bool IsShort { get; init; }

    /// <summary>Whether several elements of the argument become one.</summary>
    public bool Combines => Kind is OpKind.Reduction or OpKind.Scatter;

    /// <summary>Whether elements come from, or go to, other places than their own.</summary>
    public bool MovesElements => Kind is OpKind.Lookup or OpKind.Stack or OpKind.Scatter;

    /// <summary>The facts of an operation.</summary>
    public static OpFacts Of(Op op) => Table[(int)op];

    private static OpFacts Find(Op op) => op switch
    {
        Op.Input or Op.Scalar or Op.Const or Op.Size => Leaf,
        Op.Index => Leaf with { CarriesGradient = false, IsNotNegative = true },
        // Philox: seven rounds of multiply, shift, two xors and an add on integers, then the conversion.
        Op.Random => Leaf with { Arity = 1, Cost = 37, CarriesGradient = false, IsBounded = true, IsNotNegative = true },
        Op.Lift => Leaf with { Arity = 1, IsExact = false },

        Op.Copy or Op.Broadcast => Short(1, 0),
        Op.Neg => Short(1, 1),
        Op.Floor => Exact(1, 1),
        Op.Abs => Short(1, 1) with { IsNotNegative = true },
        Op.StopGradient => Exact(1, 0) with { CarriesGradient = false },
        Op.Exp => Function(21) with { IsNotNegative = true },
        Op.Erf => Function(27) with { IsBounded = true },
        Op.Tanh => Function(23) with { IsBounded = true },
        Op.Sigmoid => Function(24) with { IsBounded = true, IsNotNegative = true },
        // The framework's vector functions: a polynomial of about this length with its range reduction.
        Op.Log => Function(25),
        Op.Sin or Op.Cos => Function(25) with { IsBounded = true },
        Op.Sqrt => Function(1),
        Op.Rsqrt => Function(2),
        // Exp(b * Log(a)).
        Op.Pow => Function(47) with { Arity = 2 },
        // The scalar function, lane by lane: a quotient, a polynomial of twelve terms and the choice of the quadrant.
        Op.Atan2 => Function(40) with { Arity = 2, IsBounded = true },
        Op.Sub or Op.Mul or Op.Min or Op.Max => Short(2, 1),
        // A multiplication before it may be fused with it.
        Op.Add or Op.Div => Short(2, 1) with { IsExact = false },
        // A comparison beside the subtraction or the product.
        Op.Difference => Short(2, 2),
        Op.Gate => Short(2, 2) with { IsExact = false },
        Op.Select => Exact(3, 1),
        Op.Less or Op.LessEqual or Op.Equal => Exact(2, 1) with { CarriesGradient = false, IsCondition = true },
        Op.And or Op.Or => Exact(2, 1) with { CarriesGradient = false, IsCondition = true, TakesConditions = true },
        Op.Not => Exact(1, 1) with { CarriesGradient = false, IsCondition = true, TakesConditions = true },

        Op.Rem or Op.Xor or Op.ShiftLeft or Op.ShiftRight or Op.ShiftRightUnsigned => new OpFacts(OpKind.Scalar, 2, 1),
        Op.Complement or Op.Convert => new OpFacts(OpKind.Scalar, 1, 1),
        Op.Call => new OpFacts(OpKind.Scalar, -1, 1),

        Op.ReduceSum or Op.ReduceMax or Op.ReduceMin => new OpFacts(OpKind.Reduction, 1, 1) { IsExact = true },
        // A comparison, and the choices of value and of place.
        Op.ArgMax or Op.ArgMin => new OpFacts(OpKind.Reduction, 1, 3) { CarriesGradient = false, IsPosition = true, IsExact = true },

        // They read elsewhere: loads, no arithmetic.
        Op.Gather => new OpFacts(OpKind.Lookup, 2, 0) { IsExact = true },
        Op.View => new OpFacts(OpKind.Lookup, 1, 0) { IsExact = true },
        Op.Stack => new OpFacts(OpKind.Stack, -1, 0),
        Op.ScatterAdd => new OpFacts(OpKind.Scatter, 2, 1),
        _ => throw new ArgumentOutOfRangeException(nameof(op), op, "an operation without facts"),
    };

    private static OpFacts Leaf => new(OpKind.Leaf, 0, 0) { IsExact = true };

    private static OpFacts Exact(int arity, int cost) => new(OpKind.Elementwise, arity, cost) { IsExact = true };

    private static OpFacts Short(int arity, int cost) => Exact(arity, cost) with { IsShort = true };

    private static OpFacts Function(int cost) => new(OpKind.Elementwise, 1, cost);
}
