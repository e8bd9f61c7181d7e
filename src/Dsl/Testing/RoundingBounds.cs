namespace MageDsl.Testing;

/// <summary>
/// What a kernel of some precision should give, by its definition in float64: every element of the results and of the gradients, and
/// how far rounding may take it, by an <see cref="ErrorTrace"/>.
/// </summary>
internal sealed class RoundingBounds
{
    private readonly ElementType type;

    private RoundingBounds(ElementType type, Bounded[] results, Bounded[] gradients) => (this.type, Results, Gradients) = (type, results, gradients);

    /// <summary>The results.</summary>
    public IReadOnlyList<Bounded> Results { get; }

    /// <summary>The gradient of the cotangent-weighted sum of the results by each parameter; empty for those that have none.</summary>
    public IReadOnlyList<Bounded> Gradients { get; }

    /// <summary>Evaluates the definition and goes back over it.</summary>
    public static RoundingBounds Of(
        KernelInfo kernel, KernelArguments arguments, IReadOnlyDictionary<string, int> sizes, NumericGradient loss, ElementType type)
    {
        var trace = ErrorTrace.For(type);
        var (followed, inputs) = arguments.Followed(trace);
        var values = kernel.Definition(followed);
        var results = values.Select((value, i) => Result(trace, value, kernel.Results[i], sizes)).ToArray();
        foreach (var i in loss.RealResults)
        {
            if (values[i].Errors is not { } node) continue;
            var places = Places(values[i], kernel.Results[i], sizes);
            for (var j = 0; j < places.Length; j++) node.Seed(places[j], loss.Cotangents[i][j]);
        }
        trace.Backward();
        return new RoundingBounds(
            type, results, [.. inputs.Select(node => node is null ? Bounded.None : new Bounded(node.Gradient, node.GradientErrors, Leaves(node)))]);

        // An infinity makes NaNs of what is added to it or picks it, and gradients go back through those: of a run in which something overflows
        // somewhere, no element of a gradient is sure.
        bool[] Leaves(ErrorNode node) => trace.Overflows ? [.. node.GradientLeaves.Select(_ => true)] : node.GradientLeaves;
    }

    /// <summary>
    /// Whether an element is as it should be: within so many times the bound, and a number if the definition says so. What
    /// exceeds the largest number of the precision is infinite; and if its terms did already, what comes of infinities.
    /// </summary>
    public bool Accepts(double found, Bounded expected, int at, double slack)
    {
        var wanted = expected.Values[at];
        if (found.Equals(wanted)) return true;
        if (double.IsNaN(wanted) || double.IsInfinity(wanted)) return false;
        var allowed = slack * expected.Errors[at];
        if (double.IsFinite(found)) return Math.Abs(found - wanted) <= allowed;
        return Math.Abs(wanted) + allowed > (type == ElementType.Float32 ? float.MaxValue : double.MaxValue)
            && (expected.Leaves[at] || Math.Sign(found) == Math.Sign(wanted));
    }

    /// <summary>The first element that is not as it should be, or null.</summary>
    public int? Wrong(double[] found, Bounded expected, double slack)
    {
        for (var i = 0; i < found.Length; i++)
            if (!Accepts(found[i], expected, i, slack)) return i;
        return null;
    }

    private static Bounded Result(ErrorTrace trace, Expr value, string layout, IReadOnlyDictionary<string, int> sizes)
    {
        var dense = ErrorRules.Operand.Of(trace, value, value.AxisNames, value.Sizes);
        var places = Places(value, layout, sizes);
        return new Bounded(
            [.. places.Select(at => dense.Values[at])], [.. places.Select(at => dense.Errors[at])], [.. places.Select(at => dense.Leaves[at])]);
    }

    /// <summary>Which element of a value each element of its layout is.</summary>
    private static int[] Places(Expr value, string layout, IReadOnlyDictionary<string, int> sizes)
    {
        var numbered = new Expr(value.AxisNames, value.Sizes, [.. Enumerable.Range(0, value.Count).Select(i => (double)i)], ExprType.Real);
        return Array.ConvertAll(numbered.ToArray(layout, sizes), place => (int)place);
    }
}

/// <summary>Numbers by the definition, and how far rounding may take each.</summary>
/// <param name="Values">The numbers.</param>
/// <param name="Errors">How far each may rightly be off.</param>
/// <param name="Leaves">Where something on the way leaves the range of the precision.</param>
internal sealed record Bounded(double[] Values, double[] Errors, bool[] Leaves)
{
    /// <summary>Nothing.</summary>
    public static Bounded None { get; } = new([], [], []);
}
