namespace MageDsl;

public sealed partial class Expr
{
    /// <summary>The sum, element by element; axes of left, then the new ones of right. Derivatives: 1 and 1.</summary>
    public static Expr operator +(Expr left, Expr right) =>
        Arithmetic("+", left, right, static (a, b) => a + b, static (_, _, _) => 1, static (_, _, _) => 1, ErrorRules.Rounds.Once);

    /// <summary>The difference, element by element. Derivatives: 1 and -1.</summary>
    public static Expr operator -(Expr left, Expr right) =>
        Arithmetic("-", left, right, static (a, b) => a - b, static (_, _, _) => 1, static (_, _, _) => -1, ErrorRules.Rounds.Once);

    /// <summary>The product, element by element; under <see cref="Ops.Sum"/> a contraction. Derivatives: right and left.</summary>
    public static Expr operator *(Expr left, Expr right) => Multiply(left, right);

    /// <summary>The quotient, element by element, real also for ids. Derivatives: 1/right and -left/right².</summary>
    public static Expr operator /(Expr left, Expr right) =>
        Arithmetic("/", left, right, static (a, b) => a / b, static (_, b, _) => 1 / b, static (a, b, _) => -a / (b * b), ErrorRules.Rounds.Quotient);

    /// <summary>The negative. Derivative: -1.</summary>
    public static Expr operator -(Expr value)
    {
        value.WantNumbers("-");
        var negated = Loops.Map(value, static a => -a);
        return new Expr(
            value.axes, value.sizes, negated, ExprType.Real,
            Tangents.Map(value, negated, static a => -a, static (_, _) => -1, ErrorRules.Rounds.Never));
    }

    /// <summary>The value itself.</summary>
    public static Expr operator +(Expr value)
    {
        value.WantNumbers("+");
        return value;
    }

    /// <summary>Where left is less than right. Constant for differentiation, as every comparison; false where either is NaN.</summary>
    public static Expr operator <(Expr left, Expr right) => Comparison("<", left, right, static (a, b) => a < b);

    /// <summary>Where left is greater than right.</summary>
    public static Expr operator >(Expr left, Expr right) => Comparison(">", left, right, static (a, b) => a > b);

    /// <summary>Where left is at most right.</summary>
    public static Expr operator <=(Expr left, Expr right) => Comparison("<=", left, right, static (a, b) => a <= b);

    /// <summary>Where left is at least right.</summary>
    public static Expr operator >=(Expr left, Expr right) => Comparison(">=", left, right, static (a, b) => a >= b);

    /// <summary>Where left equals right, element by element; not a comparison of references.</summary>
    public static Expr operator ==(Expr left, Expr right) => Comparison("==", left, right, static (a, b) => a == b);

    /// <summary>Where left differs from right, element by element.</summary>
    public static Expr operator !=(Expr left, Expr right) => Comparison("!=", left, right, static (a, b) => a != b);

    /// <summary>Where both conditions hold.</summary>
    public static Expr operator &(Expr left, Expr right) => Logic("&", left, right, static (a, b) => a * b);

    /// <summary>Where at least one condition holds.</summary>
    public static Expr operator |(Expr left, Expr right) => Logic("|", left, right, Math.Max);

    /// <summary>Where the condition does not hold.</summary>
    public static Expr operator !(Expr value)
    {
        value.WantCondition("!");
        return new Expr(value.axes, value.sizes, Loops.Map(value, static a => 1 - a), ExprType.Bool, value.Carried);
    }

    internal static Expr Arithmetic(
        string what, Expr left, Expr right, Func<double, double, double> f,
        Tangents.PartialSlope byLeft, Tangents.PartialSlope byRight, ErrorRules.Rounds rounds)
    {
        left.WantNumbers(what);
        right.WantNumbers(what);
        var (axes, sizes) = Loops.Join(what, left, right);
        var values = Loops.Map(left, right, axes, sizes, f);
        return new Expr(axes, sizes, values, ExprType.Real, Tangents.Map(left, right, axes, sizes, values, f, byLeft, byRight, rounds));
    }

    /// <summary>One of two values, element by element: a function whose derivative is that of the one it chose.</summary>
    internal static Expr Choice(string what, Expr left, Expr right, Func<double, double, double> f, Func<double, double, bool> isLeft)
    {
        left.WantNumbers(what);
        right.WantNumbers(what);
        var (axes, sizes) = Loops.Join(what, left, right);
        var which = Loops.Map(left, right, axes, sizes, (a, b) => isLeft(a, b) ? 1 : 0);
        var values = Loops.Map(left, right, axes, sizes, f);
        return new Expr(axes, sizes, values, ExprType.Real, Tangents.Choice(which, left, right, axes, sizes, values, f, isLeft));
    }

    private static Expr Comparison(string what, Expr left, Expr right, Func<double, double, bool> f)
    {
        left.WantNumbers(what);
        right.WantNumbers(what);
        return Condition(what, left, right, (a, b) => f(a, b) ? 1 : 0);
    }

    private static Expr Logic(string what, Expr left, Expr right, Func<double, double, double> f)
    {
        left.WantCondition(what);
        right.WantCondition(what);
        return Condition(what, left, right, f);
    }

    private static Expr Condition(string what, Expr left, Expr right, Func<double, double, double> f)
    {
        var (axes, sizes) = Loops.Join(what, left, right);
        var values = Loops.Map(left, right, axes, sizes, f);
        return new Expr(axes, sizes, values, ExprType.Bool, Carried.Of(null, ErrorRules.Compare(left, right, axes, sizes, values)));
    }
}
