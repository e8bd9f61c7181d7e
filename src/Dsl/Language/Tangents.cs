namespace MageDsl;

/// <summary>
/// Forward mode: a value may carry a tangent, which says how fast each of its elements changes while the inputs move along some
/// direction, and every primitive computes the tangent of its result beside the result. A second derivative of each definition,
/// written apart from the compiler's reverse mode, so that the two can be held against each other.
/// </summary>
/// <remarks>
/// No tangent is a tangent of zeros. An element that does not move contributes nothing, whatever its slope: zero times
/// infinity is no change.
/// </remarks>
internal static class Tangents
{
    /// <summary>The slope of a function of one number, given the number and the function's value there.</summary>
    public delegate double Slope(double x, double value);

    /// <summary>The slope of a function of two numbers by one of them, given both and the function's value there.</summary>
    public delegate double PartialSlope(double a, double b, double value);

    /// <summary>The tangent of <c>f(x)</c>, whose values are given.</summary>
    public static double[]? Map(Expr x, double[] values, Slope slope)
    {
        if (x.Tangent is not { } moving) return null;
        var at = x.Values;
        var result = new double[values.Length];
        for (var i = 0; i < result.Length; i++)
            if (moving[i] != 0) result[i] = slope(at[i], values[i]) * moving[i];
        return result;
    }

    /// <summary>The tangent of an absolute value: that of the element or of its negative; none at 0, however fast the element moves.</summary>
    public static double[]? Abs(Expr x) => x.Tangent?.Zip(x.Values, static (moving, at) => at > 0 ? moving : at < 0 ? -moving : 0).ToArray();

    /// <summary>The tangent of <c>f(a, b)</c> over these axes, whose values are given.</summary>
    public static double[]? Map(Expr a, Expr b, string[] axes, int[] sizes, double[] values, PartialSlope byA, PartialSlope byB)
    {
        if (a.Tangent is null && b.Tangent is null) return null;
        var left = Loops.Spread(a, axes, sizes);
        var right = Loops.Spread(b, axes, sizes);
        var result = new double[values.Length];
        Add(a, byA);
        Add(b, byB);
        return result;

        void Add(Expr operand, PartialSlope slope)
        {
            if (Spread(operand, axes, sizes) is not { } moving) return;
            for (var i = 0; i < result.Length; i++)
                if (moving[i] != 0) result[i] += slope(left[i], right[i], values[i]) * moving[i];
        }
    }

    /// <summary>The tangent of a value repeated and reordered to the given axes, as <see cref="Loops.Spread"/> does the value.</summary>
    public static double[]? Spread(Expr value, string[] axes, int[] sizes) => value.Tangent is null ? null : Loops.Spread(value.Moving, axes, sizes);

    /// <summary>What a selection takes from the tangents of its choices, element by element over the given axes.</summary>
    public static double[]? Select(double[] which, Expr a, Expr b, string[] axes, int[] sizes)
    {
        var (yes, no) = (Spread(a, axes, sizes), Spread(b, axes, sizes));
        if (yes is null && no is null) return null;
        var result = new double[which.Length];
        for (var i = 0; i < result.Length; i++) result[i] = (which[i] != 0 ? yes : no)?[i] ?? 0;
        return result;
    }

    /// <summary>The tangent of a sum of the products of two values: at each row, over all places.</summary>
    public static double[]? SumOfProducts(
        Expr left, int[] leftRows, int[] leftPlaces, Expr right, int[] rightRows, int[] rightPlaces)
    {
        if (left.Tangent is null && right.Tangent is null) return null;
        var result = new double[leftRows.Length];
        Add(left.Tangent, leftRows, leftPlaces, right.Values, rightRows, rightPlaces);
        Add(right.Tangent, rightRows, rightPlaces, left.Values, leftRows, leftPlaces);
        return result;

        void Add(double[]? moving, int[] rows, int[] places, double[] factor, int[] factorRows, int[] factorPlaces)
        {
            if (moving is null) return;
            for (var i = 0; i < result.Length; i++)
                for (var k = 0; k < places.Length; k++)
                    if (moving[rows[i] + places[k]] is var by and not 0) result[i] += by * factor[factorRows[i] + factorPlaces[k]];
        }
    }

    /// <summary>The tangent of a sum: the sums of the tangents.</summary>
    public static double[]? Sum(double[]? moving, int[] rows, int[] places)
    {
        if (moving is null) return null;
        var result = new double[rows.Length];
        for (var i = 0; i < result.Length; i++)
            foreach (var place in places) result[i] += moving[rows[i] + place];
        return result;
    }

    /// <summary>The tangent of an extremum: that of the element it is, and of equal ones the mean, as the language has it.</summary>
    public static double[]? Extreme(Expr x, int[] rows, int[] places, double[] extremes)
    {
        if (x.Tangent is not { } moving) return null;
        var from = x.Values;
        var result = new double[rows.Length];
        for (var i = 0; i < result.Length; i++)
        {
            var (sum, count) = (0.0, 0);
            foreach (var place in places)
            {
                if (from[rows[i] + place] != extremes[i]) continue;
                sum += moving[rows[i] + place];
                count++;
            }
            result[i] = count == 0 ? double.NaN : sum / count;
        }
        return result;
    }
}
