using System.Runtime.CompilerServices;

namespace MageDsl;

/// <summary>
/// A value of the tensor language: numbers, ids or conditions over named, ordered axes. Kernel definitions are written
/// in terms of it, and it evaluates them at once in float64, without cleverness, so that every definition is the oracle
/// that its compiled kernel is tested against.
/// </summary>
/// <remarks>
/// Axes meet by name: an operation on <c>[b t]</c> and <c>[t d]</c> gives <c>[b t d]</c>; a name has one size.
/// The order of the axes (left operand's first, then the right operand's new ones) is visible only in
/// <see cref="Random"/>, whose numbers are counted in it. Ids are exact integers; arithmetic makes them real.
/// </remarks>
public sealed partial class Expr
{
    private readonly string[] axes;
    private readonly int[] sizes;
    private readonly ExprType type;

    // A product stays a pair of factors until somebody needs its elements: a sum over it then never builds it, which is
    // what makes contractions affordable. The factors themselves always have their elements.
    private volatile double[]? values;
    private volatile Product? product;
    private volatile Carried? carried;

    internal Expr(string[] axes, int[] sizes, double[] values, ExprType type, Carried? carried = null)
    {
        this.axes = axes;
        this.sizes = sizes;
        this.values = values;
        this.type = type;
        this.carried = carried;
    }

    private Expr(string[] axes, int[] sizes, Product product)
    {
        this.axes = axes;
        this.sizes = sizes;
        this.product = product;
        type = ExprType.Real;
    }

    /// <summary>The names of the axes, in order. Empty for a scalar.</summary>
    public IReadOnlyList<string> Axes => axes;

    /// <summary>The number of elements.</summary>
    public int Count => Loops.Count(sizes);

    /// <summary>True for exact integers: an <c>[Ids]</c> parameter, an index, an ArgMax, an int constant.</summary>
    public bool IsIds => type == ExprType.Ids;

    /// <summary>True for conditions: comparisons and what <c>&amp; | !</c> make of them.</summary>
    public bool IsBool => type == ExprType.Bool;

    internal ExprType Type => type;

    internal string[] AxisNames => axes;

    internal int[] Sizes => sizes;

    /// <summary>The elements, row-major over <see cref="Axes"/>; conditions are 0 and 1. Not to be written.</summary>
    internal double[] Values
    {
        get
        {
            // Read in this order, so that another thread finishing in between is noticed.
            var pending = product;
            if (values is { } ready) return ready;
            ready = Loops.Map(pending!.Left, pending.Right, axes, sizes, static (a, b) => a * b);
            carried = Tangents.Map(
                pending.Left, pending.Right, axes, sizes, ready, static (a, b) => a * b,
                static (_, b, _) => b, static (a, _, _) => a, ErrorRules.Rounds.Product);
            values = ready;
            product = null;
            return ready;
        }
    }

    /// <summary>How fast each element changes while the inputs move, see <see cref="Tangents"/>; null if it does not.</summary>
    internal double[]? Tangent => Carried?.Tangent;

    /// <summary>How far rounding may take each element, and what it follows from, see <see cref="ErrorTrace"/>; null for a constant.</summary>
    internal ErrorNode? Errors => Carried?.Errors;

    /// <summary>Both of these.</summary>
    internal Carried? Carried
    {
        get
        {
            _ = Values;
            return carried;
        }
    }

    /// <summary>The tangent as a value of its own.</summary>
    internal Expr Moving => new(axes, sizes, Tangent ?? new double[Count], ExprType.Real);

    /// <summary>The same value, moving: with a tangent of as many elements.</summary>
    internal Expr WithTangent(double[] direction) => new(axes, sizes, Values, type, new Carried(direction, null));

    /// <summary>The same value, followed as an argument of a definition.</summary>
    internal Expr WithErrors(ErrorNode node) => new(axes, sizes, Values, type, new Carried(null, node));

    /// <summary>The factors, if this is a product whose elements nobody has needed yet.</summary>
    internal Product? Pending => product;

    /// <summary>A constant without axes.</summary>
    public static implicit operator Expr(float value) => Scalar(value, ExprType.Real);

    /// <summary>A constant without axes.</summary>
    public static implicit operator Expr(double value) => Scalar(value, ExprType.Real);

    /// <summary>A constant without axes; an id until arithmetic makes it real.</summary>
    public static implicit operator Expr(int value) => Scalar(value, ExprType.Ids);

    /// <summary>A condition without axes.</summary>
    public static implicit operator Expr(bool value) => Scalar(value ? 1 : 0, ExprType.Bool);

    /// <summary>The size of an axis as a plain number; <see cref="Size"/> gives it as a value of the language.</summary>
    /// <exception cref="ExprException">The value has no such axis.</exception>
    public int SizeOf(string axis) => sizes[Find(axis, nameof(SizeOf))];

    /// <summary>Whether the value has an axis of this name.</summary>
    public bool Has(string axis) => Array.IndexOf(axes, axis) >= 0;

    /// <summary>The only element of a value that has one.</summary>
    /// <exception cref="ExprException">There are more elements, or none.</exception>
    public double Item() =>
        Count == 1 ? Values[0] : throw new ExprException($"Item: a value over {Describe()} has {Count} elements, not one");

    /// <summary>The type and the axes with their sizes, as <c>real [b=2 t=3]</c>.</summary>
    public override string ToString() => $"{type.ToString().ToLowerInvariant()} {Describe()}";

    /// <summary>Identity: <c>==</c> between values is the elementwise comparison of the language.</summary>
    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    /// <inheritdoc/>
    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);

    internal string Describe() => $"[{string.Join(" ", axes.Select((axis, i) => $"{axis}={sizes[i]}"))}]";

    internal int Find(string axis, string what)
    {
        var at = Array.IndexOf(axes, axis);
        return at >= 0 ? at : throw ExprException.Missing(what, axis, this);
    }

    internal static Expr Multiply(Expr left, Expr right)
    {
        left.WantNumbers("*");
        right.WantNumbers("*");
        var (axes, sizes) = Loops.Join("*", left, right);
        _ = left.Values;
        _ = right.Values;
        return new Expr(axes, sizes, new Product(left, right));
    }

    internal void WantNumbers(string what)
    {
        if (IsBool) throw new ExprException($"{what} takes numbers, but was given a condition over {Describe()}; use Select");
    }

    internal void WantCondition(string what)
    {
        if (!IsBool) throw new ExprException($"{what} takes conditions, but was given numbers over {Describe()}; compare them");
    }

    private static Expr Scalar(double value, ExprType type) => new([], [], [value], type);

    internal sealed record Product(Expr Left, Expr Right);
}

/// <summary>What the elements of an <see cref="Expr"/> are.</summary>
internal enum ExprType
{
    /// <summary>Real numbers.</summary>
    Real,

    /// <summary>Exact integers.</summary>
    Ids,

    /// <summary>Conditions.</summary>
    Bool,
}
