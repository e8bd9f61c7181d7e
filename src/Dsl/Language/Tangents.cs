namespace MageDsl;

/// <summary>
/// Forward mode: a value may carry a tangent, which says how fast each of its elements changes while the inputs move along some
/// direction, and every primitive computes the tangent of its result beside the result. A second derivative of each definition,
/// written apart from the compiler's reverse mode, so that the two can be held against each other. Beside it goes how far each
/// primitive may round (<see cref="ErrorTrace"/>), where that is followed.
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
    public static Carried? Map(Expr x, double[] values, Func<double, double> f, Slope slope, ErrorRules.Rounds rounds)
    {
        return Carried.Of(Tangent(), ErrorRules.Map(x, values, f, slope, rounds));

        double[]? Tangent()
        {
            if (x.Tangent is not { } moving) return null;
            var at = x.Values;
            var result = new double[values.Length];
            for (var i = 0; i < result.Length; i++)
                if (moving[i] != 0) result[i] = slope(at[i], values[i]) * moving[i];
            return result;
        }
    }

    /// <summary>The tangent of an absolute value: that of the element or of its negative; none at 0, however fast the element moves.</summary>
    public static Carried? Abs(Expr x, double[] values) => Carried.Of(
        x.Tangent?.Zip(x.Values, static (moving, at) => at > 0 ? moving : at < 0 ? -moving : 0).ToArray(),
        ErrorRules.Map(x, values, Math.Abs, static (a, _) => a > 0 ? 1 : a < 0 ? -1 : 0, ErrorRules.Rounds.Never));

    /// <summary>The tangent of <c>f(a, b)</c> over these axes, whose values are given.</summary>
    public static Carried? Map(
        Expr a, Expr b, string[] axes, int[] sizes, double[] values, Func<double, double, double> f,
        PartialSlope byA, PartialSlope byB, ErrorRules.Rounds rounds)
    {
        return Carried.Of(Tangent(), ErrorRules.Map(a, b, axes, sizes, values, f, byA, byB, rounds));

        double[]? Tangent()
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
    }

    /// <summary>The tangent of elements read in other places, as the value's are.</summary>
    public static Carried? Read(Expr x, double[] values, Func<double[], double[]> read, ErrorNode? index = null, int[]? indexPlaces = null) =>
        Carried.Of(x.Tangent is { } moving ? read(moving) : null, ErrorRules.Read(x, values, read, index, indexPlaces));

    /// <summary>The tangent of a value repeated and reordered to the given axes, as <see cref="Loops.Spread"/> does the value.</summary>
    public static double[]? Spread(Expr value, string[] axes, int[] sizes) => value.Tangent is null ? null : Loops.Spread(value.Moving, axes, sizes);

    /// <summary>What a selection takes from the tangents of its choices, element by element over the given axes.</summary>
    public static Carried? Select(Expr condition, double[] which, Expr a, Expr b, string[] axes, int[] sizes, double[] values) =>
        Carried.Of(Chosen(which, a, b, axes, sizes), ErrorRules.Select(condition, a, b, axes, sizes, which, values));

    /// <summary>The tangent of the one of two values that a function of both is.</summary>
    public static Carried? Choice(
        double[] which, Expr a, Expr b, string[] axes, int[] sizes, double[] values,
        Func<double, double, double> f, Func<double, double, bool> isLeft) =>
        Carried.Of(
            Chosen(which, a, b, axes, sizes),
            ErrorRules.Map(
                a, b, axes, sizes, values, f, (x, y, _) => isLeft(x, y) ? 1 : 0, (x, y, _) => isLeft(x, y) ? 0 : 1, ErrorRules.Rounds.Never));

    private static double[]? Chosen(double[] which, Expr a, Expr b, string[] axes, int[] sizes)
    {
        var (yes, no) = (Spread(a, axes, sizes), Spread(b, axes, sizes));
        if (yes is null && no is null) return null;
        var result = new double[which.Length];
        for (var i = 0; i < result.Length; i++) result[i] = (which[i] != 0 ? yes : no)?[i] ?? 0;
        return result;
    }

    /// <summary>The tangent of a sum of the products of two values: at each row, over all places.</summary>
    public static Carried? SumOfProducts(
        Expr left, int[] leftRows, int[] leftPlaces, Expr right, int[] rightRows, int[] rightPlaces, double[] values)
    {
        double[]? result = null;
        if (left.Tangent is not null || right.Tangent is not null)
        {
            result = new double[leftRows.Length];
            Add(result, left.Tangent, leftRows, leftPlaces, right.Values, rightRows, rightPlaces);
            Add(result, right.Tangent, rightRows, rightPlaces, left.Values, leftRows, leftPlaces);
        }
        return Carried.Of(result, ReductionErrors.SumOfProducts(left, leftRows, leftPlaces, right, rightRows, rightPlaces, values));

        static void Add(double[] result, double[]? moving, int[] rows, int[] places, double[] factor, int[] factorRows, int[] factorPlaces)
        {
            if (moving is null) return;
            for (var i = 0; i < result.Length; i++)
            {
                for (var k = 0; k < places.Length; k++)
                    if (moving[rows[i] + places[k]] is var by and not 0) result[i] += by * factor[factorRows[i] + factorPlaces[k]];
            }
        }
    }

    /// <summary>The tangent of a sum: the sums of the tangents.</summary>
    public static Carried? Sum(Expr x, int[] rows, int[] places, double[] values)
    {
        return Carried.Of(Tangent(), ReductionErrors.Sum(x, values, rows, places));

        double[]? Tangent()
        {
            if (x.Tangent is not { } moving) return null;
            var result = new double[rows.Length];
            for (var i = 0; i < result.Length; i++)
                foreach (var place in places) result[i] += moving[rows[i] + place];
            return result;
        }
    }

    /// <summary>The tangent of an extremum: that of the element it is, of equal ones or NaNs the mean, as the language has it.</summary>
    public static Carried? Extreme(Expr x, int[] rows, int[] places, double[] extremes) =>
        Carried.Of(ExtremeTangent(x, rows, places, extremes), ReductionErrors.Extreme(x, extremes, rows, places));

    private static double[]? ExtremeTangent(Expr x, int[] rows, int[] places, double[] extremes)
    {
        if (x.Tangent is not { } moving) return null;
        var from = x.Values;
        var result = new double[rows.Length];
        for (var i = 0; i < result.Length; i++)
        {
            var (sum, count) = (0.0, 0);
            foreach (var place in places)
            {
                if (from[rows[i] + place] is var value && value != extremes[i] && !double.IsNaN(value)) continue;
                sum += moving[rows[i] + place];
                count++;
            }
            result[i] = sum / count;
        }
        return result;
    }
}
