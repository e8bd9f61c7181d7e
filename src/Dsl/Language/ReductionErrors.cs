namespace MageDsl;

/// <summary>The rules of <see cref="ErrorTrace"/> for primitives that go over axes; tables are those of the eager loops.</summary>
internal static class ReductionErrors
{
    /// <summary>A sum: the errors of its terms, and what the sum of so many may round.</summary>
    public static ErrorNode? Sum(Expr x, double[] values, int[] rows, int[] places)
    {
        if (x.Errors is not { } from) return null;
        var node = from.Trace.Add(values);
        var (outs, froms) = Places(rows, places);
        for (var i = 0; i < rows.Length; i++)
        {
            var (error, magnitudes, leaves) = (0.0, 0.0, false);
            foreach (var place in places)
            {
                var at = rows[i] + place;
                error += from.Errors[at];
                magnitudes += Math.Abs(from.Values[at]);
                leaves |= from.Leaves[at];
            }
            node.Set(i, error + node.Rounded(magnitudes, places.Length), leaves || magnitudes > from.Trace.Largest);
        }
        node.Follow(from, outs, froms, Ones(froms.Length), null);
        return node;
    }

    /// <summary>A sum of products: the same, each factor being wrong.</summary>
    public static ErrorNode? SumOfProducts(
        Expr left, int[] leftRows, int[] leftPlaces, Expr right, int[] rightRows, int[] rightPlaces, double[] values)
    {
        if ((left.Errors ?? right.Errors)?.Trace is not { } trace) return null;
        var node = trace.Add(values);
        var (a, b) = (ErrorRules.Operand.Of(trace, left, left.AxisNames, left.Sizes), ErrorRules.Operand.Of(trace, right, right.AxisNames, right.Sizes));
        var (outs, lefts) = Places(leftRows, leftPlaces);
        var (_, rights) = Places(rightRows, rightPlaces);
        var n = leftPlaces.Length;
        for (var i = 0; i < values.Length; i++)
        {
            var (error, magnitudes, leaves) = (0.0, 0.0, false);
            for (var k = i * n; k < (i + 1) * n; k++)
            {
                var (x, y, ex, ey) = (a.Values[lefts[k]], b.Values[rights[k]], a.Errors[lefts[k]], b.Errors[rights[k]]);
                error += ErrorRules.Local(trace, x * y, ErrorRules.Rounds.Once, ex == 0 && ey == 0);
                if (ex != 0) error += ex * Math.Abs(y);
                if (ey != 0) error += ey * (Math.Abs(x) + ex);
                magnitudes += Math.Abs(x * y);
                leaves |= a.Leaves[lefts[k]] || b.Leaves[rights[k]];
            }
            node.Set(i, error + node.Rounded(magnitudes, n), leaves || magnitudes > trace.Largest);
        }
        node.Follow(a.Node, outs, lefts, [.. rights.Select(at => b.Values[at])], [.. rights.Select(at => b.Errors[at])]);
        node.Follow(b.Node, outs, rights, [.. lefts.Select(at => a.Values[at])], [.. lefts.Select(at => a.Errors[at])]);
        return node;
    }

    /// <summary>An extremum: that of the element it is; of those that cannot be told apart, any may get the gradient.</summary>
    public static ErrorNode? Extreme(Expr x, double[] extremes, int[] rows, int[] places)
    {
        if (x.Errors is not { } from) return null;
        var node = from.Trace.Add(extremes);
        var (outs, froms) = Places(rows, places);
        var (slopes, wrong) = (new double[froms.Length], new double[froms.Length]);
        var n = places.Length;
        for (var i = 0; i < rows.Length; i++)
        {
            var own = Enumerable.Range(i * n, n).ToArray();
            int[] best = [.. own.Where(k => from.Values[froms[k]] == extremes[i])];
            var error = best.Length == 0 ? 0 : best.Max(k => from.Errors[froms[k]]);
            int[] close = [.. own.Where(k => !(ErrorRules.Between(from.Values[froms[k]], extremes[i]) > error + from.Errors[froms[k]]))];
            // Equal and exact, they tie in every precision.
            var isOpen = close.Any(k => from.Errors[froms[k]] > 0) && close.Length > 1;
            foreach (var k in best) slopes[k] = 1.0 / best.Length;
            if (isOpen) foreach (var k in close) wrong[k] = 1;
            node.Set(i, close.Length == 0 ? error : close.Max(k => from.Errors[froms[k]]), own.Any(k => from.Leaves[froms[k]]));
        }
        node.Follow(from, outs, froms, slopes, wrong);
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

    private static double[] Ones(int count)
    {
        var ones = new double[count];
        Array.Fill(ones, 1);
        return ones;
    }

    /// <summary>The element of the result and of the argument of every term, row after row.</summary>
    private static (int[] Outs, int[] Froms) Places(int[] rows, int[] places)
    {
        var (outs, froms) = (new int[rows.Length * places.Length], new int[rows.Length * places.Length]);
        for (int i = 0, k = 0; i < rows.Length; i++)
        {
            foreach (var place in places)
            {
                outs[k] = i;
                froms[k++] = rows[i] + place;
            }
        }
        return (outs, froms);
    }
}
