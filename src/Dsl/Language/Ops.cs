using MageDsl.Devices;

namespace MageDsl;

/// <summary>
/// The functions of the language, for <c>using static MageDsl.Ops</c>. All work element by element unless said otherwise;
/// values of several axes meet by name, as under the operators of <see cref="Expr"/>.
/// </summary>
public static partial class Ops
{
    /// <summary>e to the x. Derivative: itself.</summary>
    public static Expr Exp(Expr x) => Map(nameof(Exp), x, Math.Exp, static (_, y) => y);

    /// <summary>Natural logarithm; -inf at 0, NaN below. Derivative: 1/x.</summary>
    public static Expr Log(Expr x) => Map(nameof(Log), x, Math.Log, static (a, _) => 1 / a);

    /// <summary>Square root; NaN below 0. Derivative: 1/(2 Sqrt(x)).</summary>
    public static Expr Sqrt(Expr x) => Map(nameof(Sqrt), x, Math.Sqrt, static (_, y) => 1 / (2 * y));

    /// <summary>1/Sqrt(x). Derivative: -Rsqrt(x)³/2.</summary>
    public static Expr Rsqrt(Expr x) => Map(nameof(Rsqrt), x, static a => 1 / Math.Sqrt(a), static (a, y) => -y / (2 * a));

    /// <summary>The error function, 2/√π times the integral of exp(-t²) from 0 to x. Derivative: 2/√π exp(-x²).</summary>
    public static Expr Erf(Expr x) =>
        Map(nameof(Erf), x, ErrorFunction.Erf, static (a, _) => 2 / Math.Sqrt(Math.PI) * Math.Exp(-a * a), ErrorRules.Rounds.Saturating);

    /// <summary>Hyperbolic tangent. Derivative: 1 - Tanh(x)².</summary>
    public static Expr Tanh(Expr x) =>
        Map(nameof(Tanh), x, Math.Tanh, static (a, _) => 1 / (Math.Cosh(a) * Math.Cosh(a)), ErrorRules.Rounds.Saturating);

    /// <summary>Sine, of radians. Derivative: Cos(x).</summary>
    public static Expr Sin(Expr x) => Map(nameof(Sin), x, Math.Sin, static (a, _) => Math.Cos(a), ErrorRules.Rounds.Periodic);

    /// <summary>Cosine, of radians. Derivative: -Sin(x).</summary>
    public static Expr Cos(Expr x) => Map(nameof(Cos), x, Math.Cos, static (a, _) => -Math.Sin(a), ErrorRules.Rounds.Periodic);

    /// <summary>Absolute value. Derivative: the sign, 0 at 0.</summary>
    public static Expr Abs(Expr x)
    {
        x.WantNumbers(nameof(Abs));
        var values = Loops.Map(x, Math.Abs);
        return new Expr(x.AxisNames, x.Sizes, values, ExprType.Real, Tangents.Abs(x, values));
    }

    /// <summary>The largest integer not above x. Has no derivative: use it under <see cref="StopGradient"/> or on constants.</summary>
    public static Expr Floor(Expr x) => Map(nameof(Floor), x, Math.Floor, static (_, _) => 0, ErrorRules.Rounds.Never);

    /// <summary>1/(1 + exp(-x)). Derivative: s (1 - s).</summary>
    public static Expr Sigmoid(Expr x) =>
        Map(nameof(Sigmoid), x, static a => 1 / (1 + Math.Exp(-a)), static (_, y) => y * (1 - y), ErrorRules.Rounds.Saturating);

    /// <summary>
    /// a to the b; 1 where b is 0, whatever a is. Derivatives: b a^(b-1), 0 where b is 0; and a^b Log(a) for the exponent, 0 where a is 0 and b is
    /// not negative.
    /// </summary>
    public static Expr Pow(Expr a, Expr b) => Expr.Arithmetic(
        nameof(Pow), a, b, Math.Pow,
        static (x, y, _) => y == 0 ? 0 : y * Math.Pow(x, y - 1),
        static (x, y, power) => x == 0 && y >= 0 ? 0 : power * Math.Log(x),
        ErrorRules.Rounds.Some);

    /// <summary>
    /// The angle of the point (x, y) as seen from the origin, in radians from -π to π; 0 at the origin. Derivatives: x / (x² + y²) and
    /// -y / (x² + y²), 0 at the origin.
    /// </summary>
    public static Expr Atan2(Expr y, Expr x) => Expr.Arithmetic(
        nameof(Atan2), y, x, Math.Atan2, static (a, b, _) => Turn(b, a, b), static (a, b, _) => -Turn(a, a, b), ErrorRules.Rounds.Some);

    /// <summary>A coordinate over the square of the distance from the origin.</summary>
    private static double Turn(double coordinate, double y, double x)
    {
        var larger = Math.Max(Math.Abs(y), Math.Abs(x));
        return larger is 0 or double.PositiveInfinity
            ? 0
            : coordinate / larger / (larger * ((y / larger * (y / larger)) + (x / larger * (x / larger))));
    }

    /// <summary>a - b, and 0 where they are equal, infinities too: what a value lacks to an extremum. Derivatives: 1 and -1.</summary>
    public static Expr Difference(Expr a, Expr b) => Expr.Arithmetic(
        nameof(Difference), a, b, static (x, y) => x == y ? 0 : x - y, static (_, _, _) => 1, static (_, _, _) => -1, ErrorRules.Rounds.Once);

    /// <summary>
    /// <paramref name="x"/> times the share of it that passes, and 0 where the share is 0, be x infinite: <c>Gate(x, Sigmoid(x))</c> has its
    /// limit at -∞, where the product would be NaN. Derivatives: the share, and x.
    /// </summary>
    public static Expr Gate(Expr x, Expr share) => Expr.Arithmetic(
        nameof(Gate), x, share, static (a, b) => b == 0 ? 0 : a * b, static (_, b, _) => b, static (a, _, _) => a, ErrorRules.Rounds.Product);

    /// <summary>
    /// The larger of two, of equals the first; NaN if either is. Derivative: 1 to the larger one; to the first if equal, or if either is NaN.
    /// </summary>
    public static Expr Max(Expr a, Expr b) =>
        Expr.Choice(nameof(Max), a, b, static (x, y) => y > x || double.IsNaN(y) ? y : x, static (x, y) => !(x < y));

    /// <summary>
    /// The smaller of two, of equals the first; NaN if either is. Derivative: 1 to the smaller one; to the first if equal, or if either is NaN.
    /// </summary>
    public static Expr Min(Expr a, Expr b) =>
        Expr.Choice(nameof(Min), a, b, static (x, y) => y < x || double.IsNaN(y) ? y : x, static (x, y) => !(y < x));

    /// <summary>The same numbers, constant for differentiation.</summary>
    public static Expr StopGradient(Expr x)
    {
        x.WantNumbers(nameof(StopGradient));
        var values = FrozenConstants.Pass(x.Values);
        return new Expr(x.AxisNames, x.Sizes, values, x.Type, Carried.Of(null, ErrorRules.Stop(x, values)));
    }

    /// <summary>
    /// <paramref name="a"/> where the condition holds, <paramref name="b"/> elsewhere; the other one does not matter, NaN or
    /// not. Axes: those of the condition, then of a, then of b. Derivatives: 1 to the one chosen, 0 to the other.
    /// </summary>
    /// <exception cref="ExprException">The condition is a number, only one of a and b is, or sizes differ.</exception>
    public static Expr Select(Expr condition, Expr a, Expr b)
    {
        condition.WantCondition(nameof(Select));
        if (a.IsBool != b.IsBool) throw new ExprException($"Select: the choices are {a} and {b}; both must be numbers, or both conditions");
        var (axes, sizes) = Loops.Join(nameof(Select), condition, a, b);
        var which = Loops.Spread(condition, axes, sizes);
        var yes = Loops.Spread(a, axes, sizes);
        var no = Loops.Spread(b, axes, sizes);
        var result = new double[which.Length];
        for (var i = 0; i < result.Length; i++) result[i] = which[i] != 0 ? yes[i] : no[i];
        return new Expr(axes, sizes, result, a.Type == b.Type ? a.Type : ExprType.Real, Tangents.Select(condition, which, a, b, axes, sizes, result));
    }

    /// <summary>
    /// Looks up in a table: the axis is replaced, in its place, by those axes of the index that the table lacks; axes
    /// that both have are aligned. <c>Gather(embedding [v d], "v", tokens [b t])</c> is <c>[b t d]</c>, and
    /// <c>Gather(logits [n v], "v", labels [n])</c> is <c>[n]</c>. Derivative: added up in the table; none for the index.
    /// </summary>
    /// <exception cref="ExprException">The table lacks the axis, the index has it or is no whole number in range, or sizes differ.</exception>
    public static Expr Gather(Expr table, string axis, Expr index)
    {
        var at = table.Find(axis, nameof(Gather));
        index.WantNumbers("Gather: the index");
        if (index.Has(axis)) throw new ExprException($"Gather: the index over {index.Describe()} has the table's axis '{axis}' itself");
        Loops.Join(nameof(Gather), table, index);
        string[] fresh = [.. index.AxisNames.Where(a => !table.Has(a))];
        string[] axes = [.. table.AxisNames[..at], .. fresh, .. table.AxisNames[(at + 1)..]];
        int[] sizes = [.. axes.Select(a => table.Has(a) ? table.SizeOf(a) : index.SizeOf(a))];
        var size = table.Sizes[at];
        foreach (var id in index.Values)
        {
            if (id != Math.Floor(id)) throw new ExprException($"Gather: the index holds {id}, which is not a whole number");
            if (id < 0 || id >= size)
            {
                throw new ExprException(
                    $"Gather: the index holds {id}, but axis '{axis}' of the table has size {size}",
                    axis, (int)Math.Clamp(id + 1, 0, int.MaxValue), size);
            }
        }

        var stride = Loops.Strides(table, [axis])[0];
        var rows = Loops.Offsets(table, axes, sizes);
        var places = Loops.Offsets(index, axes, sizes);
        var ids = index.Values;
        var values = Read(table.Values);
        return new Expr(axes, sizes, values, table.Type, Tangents.Read(table, values, Read, index.Errors, places));

        double[] Read(double[] from)
        {
            var result = new double[rows.Length];
            for (var i = 0; i < result.Length; i++) result[i] = from[rows[i] + (int)ids[places[i]] * stride];
            return result;
        }
    }

    private static Expr Map(string what, Expr x, Func<double, double> f, Tangents.Slope slope, ErrorRules.Rounds rounds = ErrorRules.Rounds.Some)
    {
        x.WantNumbers(what);
        var values = Loops.Map(x, f);
        return new Expr(x.AxisNames, x.Sizes, values, ExprType.Real, Tangents.Map(x, values, f, slope, rounds));
    }
}
