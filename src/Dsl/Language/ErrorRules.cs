namespace MageDsl;

/// <summary>How a primitive passes on rounding errors, and the slopes by which gradients go back; the rules of <see cref="ErrorTrace"/>.</summary>
internal static class ErrorRules
{
    /// <summary>What rounds not at all, once, or as a function does.</summary>
    public enum Rounds
    {
        /// <summary>The result is a number of the precision if the arguments are.</summary>
        Never,

        /// <summary>A sum: exact where the result is short, as that of small whole numbers.</summary>
        Once,

        /// <summary>A product: as a sum, and its factors may be taken in another order.</summary>
        Product,

        /// <summary>A quotient: a product with a factor that is a function.</summary>
        Quotient,

        /// <summary>A function.</summary>
        Some,

        /// <summary>A sine: close to its zeros it is wrong by a rounding of one, and so is its derivative.</summary>
        Periodic,

        /// <summary>
        /// A function whose derivative is one less its square, or looks like that: small derivatives are wrong by a rounding of one.
        /// </summary>
        Saturating,
    }

    /// <summary><c>f(x)</c>, whose values are given.</summary>
    public static ErrorNode? Map(Expr x, double[] values, Func<double, double> f, Tangents.Slope slope, Rounds rounds)
    {
        if (x.Errors is not { } from) return null;
        var node = from.Trace.Add(values);
        var (slopes, wrong) = (new double[values.Length], new double[values.Length]);
        for (var i = 0; i < values.Length; i++)
        {
            var (at, e, value) = (from.Values[i], from.Errors[i], values[i]);
            var local = Local(from.Trace, value, rounds, isExact: e == 0);
            var error = local;
            foreach (var x1 in Ends(at, e)) error = Math.Max(error, Between(f(x1), value) + local);
            // Between its ends a sine may be anything.
            if (rounds == Rounds.Periodic && e != 0) error = Math.Min(2, e) + local;
            node.Set(i, error, from.Leaves[i] || Overflows(value, at, at));
            if (rounds == Rounds.Never) node.Reaches[i] = Math.Max(node.Reaches[i], from.Reaches[i]);
            slopes[i] = slope(at, value);
            wrong[i] = SlopeError(from.Trace, slopes[i], rounds);
            if (e == 0 && error == 0) continue;
            local = wrong[i];
            foreach (var x1 in Ends(at, e))
                foreach (var y1 in Ends(value, error)) wrong[i] = Math.Max(wrong[i], Between(slope(x1, y1), slopes[i]) + local);
            if (rounds == Rounds.Periodic && e != 0) wrong[i] = Math.Min(2, e) + local;
        }
        node.Follow(from, values.Length, k => new(k, k, slopes[k], wrong[k]), multiplied: true, chosen: rounds == Rounds.Never);
        return node;
    }

    /// <summary><c>f(a, b)</c> over these axes, whose values are given.</summary>
    public static ErrorNode? Map(
        Expr a, Expr b, string[] axes, int[] sizes, double[] values, Func<double, double, double> f,
        Tangents.PartialSlope byA, Tangents.PartialSlope byB, Rounds rounds)
    {
        if ((a.Errors ?? b.Errors)?.Trace is not { } trace) return null;
        var node = trace.Add(values);
        var (left, right) = (Operand.Of(trace, a, axes, sizes), Operand.Of(trace, b, axes, sizes));
        for (var i = 0; i < values.Length; i++)
        {
            var (l, r, el, er) = (left.Values[i], right.Values[i], left.Errors[i], right.Errors[i]);
            var error = 0.0;
            if (el != 0 || er != 0)
            {
                foreach (var l1 in Ends(l, el))
                    foreach (var r1 in Ends(r, er)) error = Math.Max(error, Between(f(l1, r1), values[i]));
            }
            error += Local(trace, values[i], rounds, isExact: el == 0 && er == 0);
            node.Set(i, error, left.Leaves[i] || right.Leaves[i] || Overflows(values[i], l, r));
            node.Reaches[i] = rounds switch
            {
                Rounds.Product => left.Reaches[i] * right.Reaches[i],
                Rounds.Quotient => left.Reaches[i] * Math.Max(1, 1 / Math.Abs(r)),
                Rounds.Some => node.Reaches[i],
                _ => left.Reaches[i] + right.Reaches[i],
            };
        }
        Slopes(left, byA);
        Slopes(right, byB);
        return node;

        void Slopes(Operand operand, Tangents.PartialSlope slope)
        {
            if (operand.Node is null) return;
            var (slopes, wrong) = (new double[values.Length], new double[values.Length]);
            for (var i = 0; i < values.Length; i++)
            {
                var (l, r, el, er, e) = (left.Values[i], right.Values[i], left.Errors[i], right.Errors[i], node.Errors[i]);
                var s = slopes[i] = slope(l, r, values[i]);
                if (el != 0 || er != 0 || e != 0)
                {
                    foreach (var l1 in Ends(l, el))
                    {
                        foreach (var r1 in Ends(r, er))
                            foreach (var y1 in Ends(values[i], e)) wrong[i] = Math.Max(wrong[i], Between(slope(l1, r1, y1), s));
                    }
                }
                // The slopes of sums and selections are whole; those of products are the factors.
                if (rounds is Rounds.Some or Rounds.Quotient) wrong[i] += SlopeError(trace, s, rounds);
            }
            node.Follow(
                operand.Node, values.Length, k => new(k, operand.From(k), slopes[k], wrong[k]),
                multiplied: rounds is Rounds.Some or Rounds.Quotient, chosen: rounds == Rounds.Never);
        }
    }

    /// <summary>A condition: it may be the other one where the two numbers, or conditions, cannot be told apart.</summary>
    public static ErrorNode? Compare(Expr a, Expr b, string[] axes, int[] sizes, double[] values)
    {
        if ((a.Errors ?? b.Errors)?.Trace is not { } trace) return null;
        var node = trace.Add(values);
        var (left, right) = (Operand.Of(trace, a, axes, sizes), Operand.Of(trace, b, axes, sizes));
        for (var i = 0; i < values.Length; i++)
        {
            var error = left.Errors[i] + right.Errors[i];
            var isOpen = a.IsBool ? error > 0 : error > 0 && !(Math.Abs(left.Values[i] - right.Values[i]) > error);
            var leaves = left.Leaves[i] || right.Leaves[i];
            node.Set(i, isOpen || leaves ? 1 : 0, leaves);
        }
        return node;
    }

    /// <summary>A selection: where the condition is open, either choice.</summary>
    public static ErrorNode? Select(Expr condition, Expr a, Expr b, string[] axes, int[] sizes, double[] which, double[] values)
    {
        if ((condition.Errors ?? a.Errors ?? b.Errors)?.Trace is not { } trace) return null;
        var node = trace.Add(values);
        var (open, yes, no) = (Operand.Of(trace, condition, axes, sizes), Operand.Of(trace, a, axes, sizes), Operand.Of(trace, b, axes, sizes));
        var slopes = new[] { new double[values.Length], new double[values.Length] };
        var wrong = new double[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var (chosen, other) = which[i] != 0 ? (yes, no) : (no, yes);
            slopes[which[i] != 0 ? 0 : 1][i] = 1;
            var isOpen = open.Errors[i] > 0;
            if (isOpen) wrong[i] = 1;
            node.Set(
                i,
                isOpen ? Between(other.Values[i], values[i]) + other.Errors[i] + chosen.Errors[i] : chosen.Errors[i],
                chosen.Leaves[i] || open.Leaves[i] || (isOpen && other.Leaves[i]));
            node.Reaches[i] = Math.Max(chosen.Reaches[i], isOpen ? other.Reaches[i] : 0);
        }
        node.Follow(yes.Node, values.Length, k => new(k, yes.From(k), slopes[0][k], wrong[k]), chosen: true);
        node.Follow(no.Node, values.Length, k => new(k, no.From(k), slopes[1][k], wrong[k]), chosen: true);
        return node;
    }

    /// <summary>Elements of a value in other places; <paramref name="read"/> reads it, with zeros where there is none.</summary>
    public static ErrorNode? Read(Expr x, double[] values, Func<double[], double[]> read, ErrorNode? index = null, int[]? indexPlaces = null)
    {
        if ((x.Errors ?? index)?.Trace is not { } trace) return null;
        var node = trace.Add(values);
        var places = read([.. Enumerable.Range(1, x.Count).Select(i => (double)i)]);
        var from = Operand.Of(trace, x, x.AxisNames, x.Sizes);
        var there = Enumerable.Range(0, values.Length).Where(i => places[i] > 0).ToArray();
        foreach (var i in there)
        {
            var source = (int)places[i] - 1;
            var isOpen = index is not null && index.Errors[indexPlaces![i]] > 0;
            node.Set(i, isOpen ? double.PositiveInfinity : from.Errors[source], from.Leaves[source] || isOpen);
            node.Reaches[i] = from.Reaches[source];
        }
        node.Follow(x.Errors, there.Length, k => new(there[k], (int)places[there[k]] - 1, 1, 0));
        return node;
    }

    /// <summary>The same elements, constant for differentiation.</summary>
    public static ErrorNode? Stop(Expr x, double[] values)
    {
        if (x.Errors is not { } from) return null;
        var node = from.Trace.Add(values);
        for (var i = 0; i < values.Length; i++)
        {
            node.Set(i, from.Errors[i], from.Leaves[i]);
            node.Reaches[i] = from.Reaches[i];
        }
        return node;
    }

    /// <summary>What a primitive itself may round a value by; nothing if a short number comes of exact ones.</summary>
    public static double Local(ErrorTrace trace, double value, Rounds rounds, bool isExact) => rounds switch
    {
        Rounds.Never => 0,
        _ when !double.IsFinite(value) => 0,
        Rounds.Once or Rounds.Product when isExact && (float)value == value && (value == 0 || Math.Abs(value) >= trace.Smallest) => 0,
        Rounds.Once or Rounds.Product => (trace.Unit * Math.Abs(value)) + trace.Smallest,
        Rounds.Periodic => trace.Function,
        _ => (trace.Function * Math.Abs(value)) + trace.Smallest,
    };

    /// <summary>The distance of two numbers; none between equal infinities, infinite between what is a number and what is not.</summary>
    public static double Between(double a, double b) =>
        a.Equals(b) || a == b ? 0 : Math.Abs(a - b) is var distance && double.IsNaN(distance) ? double.PositiveInfinity : distance;

    /// <summary>
    /// Whether an infinity comes of leaving even the range of the definition, rather than of a pole: those of the primitives are at 0.
    /// </summary>
    private static bool Overflows(double value, double a, double b) =>
        double.IsInfinity(value) && double.IsFinite(a) && double.IsFinite(b) && a != 0 && b != 0;

    /// <summary>Where a number may be at most, and zero if that lies between: there functions have their kinks, poles and steepest slopes.</summary>
    private static double[] Ends(double at, double error) =>
        error == 0 ? [at] : error > Math.Abs(at) ? [at - error, at + error, 0] : [at - error, at + error];

    private static double SlopeError(ErrorTrace trace, double slope, Rounds rounds) => rounds switch
    {
        Rounds.Never => 0,
        Rounds.Saturating or Rounds.Periodic => trace.Function * (1 + Math.Abs(slope)),
        _ => double.IsFinite(slope) ? (trace.Function * Math.Abs(slope)) + trace.Smallest : 0,
    };

    /// <summary>An argument spread over the axes of a result, with its errors; a constant is as exact as the precision allows.</summary>
    internal sealed record Operand(ErrorNode? Node, int[]? Froms, double[] Values, double[] Errors, bool[] Leaves, double[] Reaches)
    {
        /// <summary>Which element of the node one of the result's is.</summary>
        public int From(int at) => Froms is null ? at : Froms[at];

        public static Operand Of(ErrorTrace trace, Expr x, string[] axes, int[] sizes)
        {
            var values = Loops.Spread(x, axes, sizes);
            if (x.Errors is not { } node)
            {
                return new Operand(null, null, values,
                    [.. values.Select(v => (float)v == v || !double.IsFinite(v) ? 0 : trace.Function * Math.Abs(v))], new bool[values.Length],
                    [.. values.Select(v => Math.Max(1, Math.Abs(v)))]);
            }

            if (x.AxisNames.AsSpan().SequenceEqual(axes)) return new Operand(node, null, values, node.Errors, node.Leaves, node.Reaches);
            var froms = Loops.Offsets(x, axes, sizes);
            return new Operand(
                node, froms, values, [.. froms.Select(at => node.Errors[at])],
                [.. froms.Select(at => node.Leaves[at])], [.. froms.Select(at => node.Reaches[at])]);
        }
    }
}
