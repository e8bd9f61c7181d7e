namespace MageDsl;

/// <summary>The rules of <see cref="ErrorTrace"/> for primitives that go over axes; rows and places are those of the eager loops.</summary>
internal static class ReductionErrors
{
    /// <summary>A sum: the errors of its terms, and what the sum of so many may round.</summary>
    public static ErrorNode? Sum(Expr x, double[] values, int[] rows, int[] places)
    {
        if (x.Errors is not { } from) return null;
        var node = from.Trace.Add(values);
        for (var i = 0; i < rows.Length; i++)
        {
            var (error, magnitudes, reach, leaves) = (0.0, 0.0, 0.0, false);
            foreach (var place in places)
            {
                var at = rows[i] + place;
                error += from.Errors[at];
                magnitudes += Math.Abs(from.Values[at]);
                reach += from.Reaches[at];
                leaves |= from.Leaves[at];
            }
            node.SetSum(i, places.Length, error, magnitudes, reach, leaves);
        }
        Follow(node, from, rows, places, (_, _) => (1, 0));
        return node;
    }

    /// <summary>A sum of products: the same, each factor being wrong.</summary>
    public static ErrorNode? SumOfProducts(
        Expr left, int[] leftRows, int[] leftPlaces, Expr right, int[] rightRows, int[] rightPlaces, double[] values)
    {
        if ((left.Errors ?? right.Errors)?.Trace is not { } trace) return null;
        var node = trace.Add(values);
        var (a, b) = (ErrorRules.Operand.Of(trace, left, left.AxisNames, left.Sizes),
            ErrorRules.Operand.Of(trace, right, right.AxisNames, right.Sizes));
        for (var i = 0; i < values.Length; i++)
        {
            var (error, magnitudes, reach, leaves) = (0.0, 0.0, 0.0, false);
            for (var k = 0; k < leftPlaces.Length; k++)
            {
                var (l, r) = (leftRows[i] + leftPlaces[k], rightRows[i] + rightPlaces[k]);
                var (x, y, ex, ey) = (a.Values[l], b.Values[r], a.Errors[l], b.Errors[r]);
                error += ErrorRules.Local(trace, x * y, ErrorRules.Rounds.Once, ex == 0 && ey == 0);
                if (ex != 0) error += ex * Math.Abs(y);
                if (ey != 0) error += ey * (Math.Abs(x) + ex);
                magnitudes += Math.Abs(x * y);
                reach += a.Reaches[l] * b.Reaches[r];
                leaves |= a.Leaves[l] || b.Leaves[r];
            }
            node.SetSum(i, leftPlaces.Length, error, magnitudes, reach, leaves);
        }
        Follow(node, a.Node, leftRows, leftPlaces, (i, k) => rightRows[i] + rightPlaces[k] is var at ? (b.Values[at], b.Errors[at]) : default);
        Follow(node, b.Node, rightRows, rightPlaces, (i, k) => leftRows[i] + leftPlaces[k] is var at ? (a.Values[at], a.Errors[at]) : default);
        return node;
    }

    /// <summary>An extremum: that of the element it is; of those that cannot be told apart, any may get the gradient.</summary>
    public static ErrorNode? Extreme(Expr x, double[] extremes, int[] rows, int[] places)
    {
        if (x.Errors is not { } from) return null;
        var node = from.Trace.Add(extremes);
        var (slopes, wrong) = (new double[rows.Length * places.Length], new double[rows.Length * places.Length]);
        for (var i = 0; i < rows.Length; i++)
        {
            int[] best = [.. Enumerable.Range(0, places.Length).Where(k => from.Values[rows[i] + places[k]].Equals(extremes[i]))];
            var error = best.Length == 0 ? 0 : best.Max(k => from.Errors[rows[i] + places[k]]);
            int[] close = [.. Enumerable.Range(0, places.Length).Where(k => rows[i] + places[k] is var at
                && !(ErrorRules.Between(from.Values[at], extremes[i]) > error + from.Errors[at]))];
            // Equal and exact, they tie in every precision.
            var isOpen = close.Length > 1 && close.Any(k => from.Errors[rows[i] + places[k]] > 0);
            foreach (var k in best) slopes[(i * places.Length) + k] = 1.0 / best.Length;
            if (isOpen)
                foreach (var k in close) wrong[(i * places.Length) + k] = 1;
            node.Set(
                i, close.Length == 0 ? error : close.Max(k => from.Errors[rows[i] + places[k]]), places.Any(place => from.Leaves[rows[i] + place]));
        }
        Follow(node, from, rows, places, (i, k) => (slopes[(i * places.Length) + k], wrong[(i * places.Length) + k]), chosen: true);
        return node;
    }

    /// <summary>The place of an extremum, open where another element cannot be told from it.</summary>
    public static ErrorNode? Position(Expr x, double[] found, int[] rows, int[] places)
    {
        if (x.Errors is not { } from) return null;
        var node = from.Trace.Add(found);
        for (var i = 0; i < rows.Length; i++)
        {
            var best = rows[i] + places[(int)found[i]];
            var isOpen = places.Any(place => rows[i] + place is var at && at != best && from.Errors[at] + from.Errors[best] is > 0 and var error
                && !(ErrorRules.Between(from.Values[at], from.Values[best]) > error));
            var leaves = places.Any(place => from.Leaves[rows[i] + place]);
            node.Set(i, isOpen || leaves ? places.Length : 0, leaves);
        }
        return node;
    }

    /// <summary>Every element of a row follows from the source, with a slope and how wrong that is.</summary>
    private static void Follow(
        ErrorNode node, ErrorNode? source, int[] rows, int[] places, Func<int, int, (double Slope, double Error)> slopeAt, bool chosen = false)
    {
        if (places.Length == 0) return;
        node.Follow(source, rows.Length * places.Length, at =>
        {
            var (i, k) = (at / places.Length, at % places.Length);
            var (slope, error) = slopeAt(i, k);
            return new(i, rows[i] + places[k], slope, error);
        }, chosen: chosen);
    }
}
