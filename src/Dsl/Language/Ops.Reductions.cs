namespace MageDsl;

public static partial class Ops
{
    /// <summary>
    /// The sum over one or more axes, which go away: <c>Sum(x, over: "h w")</c>. <c>Sum(a * b, over: "k")</c> is a
    /// contraction, and does not build the product. Derivative: 1 to every element.
    /// </summary>
    /// <exception cref="ExprException">An axis is missing or named twice, or x is a condition.</exception>
    public static Expr Sum(Expr x, string over)
    {
        var split = Split(nameof(Sum), x, over);
        if (split.Over.Length == 0) return x;
        var result = new double[Loops.Count(split.KeptSizes)];
        Carried? carried;
        if (x.Pending is { } product)
        {
            var (left, leftRows, leftPlaces) = Tables(product.Left, split);
            var (right, rightRows, rightPlaces) = Tables(product.Right, split);
            for (var i = 0; i < result.Length; i++)
            {
                var (a, b, sum) = (leftRows[i], rightRows[i], 0.0);
                for (var k = 0; k < leftPlaces.Length; k++) sum += left[a + leftPlaces[k]] * right[b + rightPlaces[k]];
                result[i] = sum;
            }
            carried = Tangents.SumOfProducts(product.Left, leftRows, leftPlaces, product.Right, rightRows, rightPlaces, result);
        }
        else
        {
            var (from, rows, places) = Tables(x, split);
            for (var i = 0; i < result.Length; i++)
            {
                var sum = 0.0;
                foreach (var place in places) sum += from[rows[i] + place];
                result[i] = sum;
            }
            carried = Tangents.Sum(x, rows, places, result);
        }
        return new Expr(split.Kept, split.KeptSizes, result, ExprType.Real, carried);
    }

    /// <summary>The sum over the axes divided by their sizes. Derivative: one over the sizes to every element.</summary>
    /// <exception cref="ExprException">As <see cref="Sum"/>.</exception>
    public static Expr Mean(Expr x, string over)
    {
        var split = Split(nameof(Mean), x, over);
        return split.Over.Length == 0 ? x : Sum(x, over) / (double)Loops.Count(split.OverSizes);
    }

    /// <summary>
    /// The largest element over one or more axes; NaN if there is one. Derivative: goes to the largest; equal ones share it,
    /// and if there are NaNs, those do.
    /// </summary>
    /// <exception cref="ExprException">As <see cref="Sum"/>, or there is nothing to choose from.</exception>
    public static Expr Max(Expr x, string over) => Extreme(nameof(Max), x, over, Math.Max);

    /// <summary>
    /// The smallest element over one or more axes; NaN if there is one. Derivative: goes to the smallest; equal ones share it,
    /// and if there are NaNs, those do.
    /// </summary>
    /// <exception cref="ExprException">As <see cref="Sum"/>, or there is nothing to choose from.</exception>
    public static Expr Min(Expr x, string over) => Extreme(nameof(Min), x, over, Math.Min);

    /// <summary>
    /// Where along one axis the largest element is, as ids: of the first of equals, or of the first NaN. Constant for differentiation.
    /// </summary>
    /// <exception cref="ExprException">Not one axis, or it is missing or empty.</exception>
    public static Expr ArgMax(Expr x, string over) => Position(nameof(ArgMax), x, over, static (a, b) => a > b);

    /// <summary>
    /// Where along one axis the smallest element is, as ids: of the first of equals, or of the first NaN. Constant for differentiation.
    /// </summary>
    /// <exception cref="ExprException">Not one axis, or it is missing or empty.</exception>
    public static Expr ArgMin(Expr x, string over) => Position(nameof(ArgMin), x, over, static (a, b) => a < b);

    private static Expr Extreme(string what, Expr x, string over, Func<double, double, double> pick)
    {
        var split = Split(what, x, over);
        if (split.Over.Length == 0) return x;
        WantSome(what, split);
        var (from, rows, places) = Tables(x, split);
        var result = new double[rows.Length];
        for (var i = 0; i < result.Length; i++)
        {
            var best = from[rows[i]];
            foreach (var place in places) best = pick(best, from[rows[i] + place]);
            result[i] = best;
        }
        return new Expr(split.Kept, split.KeptSizes, result, x.Type, Tangents.Extreme(x, rows, places, result));
    }

    private static Expr Position(string what, Expr x, string over, Func<double, double, bool> better)
    {
        var split = Split(what, x, over);
        if (split.Over.Length != 1) throw new ExprException($"{what} goes over one axis, not over \"{over}\"");
        WantSome(what, split);
        var (from, rows, places) = Tables(x, split);
        var result = new double[rows.Length];
        for (var i = 0; i < result.Length; i++)
        {
            var best = 0;
            for (var k = 1; k < places.Length; k++)
            {
                var (value, known) = (from[rows[i] + places[k]], from[rows[i] + places[best]]);
                if (better(value, known) || (double.IsNaN(value) && !double.IsNaN(known))) best = k;
            }
            result[i] = best;
        }
        return new Expr(split.Kept, split.KeptSizes, result, ExprType.Ids, Carried.Of(null, ReductionErrors.Position(x, result, rows, places)));
    }

    /// <summary>The axes that stay and the axes that go, each in the order of the value.</summary>
    private static Reduction Split(string what, Expr x, string over)
    {
        var names = over.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        foreach (var name in names) x.Find(name, what);
        if (names.Distinct().Count() != names.Length) throw new ExprException($"{what}: an axis appears twice in \"{over}\"");
        x.WantNumbers(what);
        string[] kept = [.. x.AxisNames.Where(a => !names.Contains(a))];
        string[] gone = [.. x.AxisNames.Where(names.Contains)];
        return new Reduction(kept, [.. kept.Select(x.SizeOf)], gone, [.. gone.Select(x.SizeOf)]);
    }

    private static void WantSome(string what, Reduction split)
    {
        var empty = Array.IndexOf(split.OverSizes, 0);
        if (empty >= 0) throw ExprException.Nothing(what, split.Over[empty]);
    }

    /// <summary>The elements of a value, the offset of each position that stays, and of each position that goes relative to it.</summary>
    private static (double[] Values, int[] Rows, int[] Places) Tables(Expr x, Reduction split) =>
        (x.Values, Loops.Offsets(x, split.Kept, split.KeptSizes), Loops.Offsets(x, split.Over, split.OverSizes));

    private sealed record Reduction(string[] Kept, int[] KeptSizes, string[] Over, int[] OverSizes);
}
