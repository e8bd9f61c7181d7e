namespace MageDsl;

/// <summary>One value of an <see cref="ErrorTrace"/>: the errors of its elements, what they follow from, and in the end its gradient.</summary>
internal sealed class ErrorNode(ErrorTrace trace, double[] values)
{
    private readonly List<Edge> edges = [];
    private double[]? gradient;
    private double[]? propagated;
    private double[]? summed;
    private int[]? terms;
    private bool[]? gradientLeaves;

    public ErrorTrace Trace { get; } = trace;

    /// <summary>The elements by the definition.</summary>
    public double[] Values { get; } = values;

    /// <summary>
    /// How far each element may rightly be from the definition's; zero where no precision rounds, infinite where everything is right.
    /// </summary>
    public double[] Errors { get; } = new double[values.Length];

    /// <summary>Where something on the way here leaves the range of the precision, so that infinities and what they do may be met.</summary>
    public bool[] Leaves { get; } = new bool[values.Length];

    /// <summary>
    /// How large each element may become on the way in another order of its factors: the product of all that exceed one. A sum's may be taken
    /// out of it or into it, so that in <c>Sum(x * (1 / norm) * w)</c> the norm may come last.
    /// </summary>
    public double[] Reaches { get; } = Array.ConvertAll(values, value => Math.Max(1, Math.Abs(value)));

    /// <summary>The derivative of the weighted sum of the results by each element; after <see cref="ErrorTrace.Backward"/>.</summary>
    public double[] Gradient => gradient ?? new double[Values.Length];

    /// <summary>How far each element of the gradient may rightly be from it.</summary>
    public double[] GradientErrors { get; private set; } = new double[values.Length];

    /// <summary>As <see cref="Leaves"/>, of the gradient.</summary>
    public bool[] GradientLeaves => gradientLeaves ?? new bool[Values.Length];

    /// <summary>Sets the error of an element, and says so if it leaves the range.</summary>
    public void Set(int i, double error, bool leaves)
    {
        var value = Math.Abs(Values[i]);
        Errors[i] = double.IsNaN(error) ? double.PositiveInfinity : error;
        Leaves[i] = leaves || (double.IsFinite(value) && !(value + error <= Trace.Largest));
    }

    /// <summary>Sets a sum of terms: wrong by what they are and by what adding them rounds, in any order of the factors.</summary>
    /// <param name="i">Which.</param>
    /// <param name="count">How many terms.</param>
    /// <param name="error">By how much they are wrong together.</param>
    /// <param name="magnitudes">The sum of their magnitudes.</param>
    /// <param name="reach">The sum of their reaches.</param>
    /// <param name="leaves">Whether one of them leaves the range.</param>
    public void SetSum(int i, int count, double error, double magnitudes, double reach, bool leaves)
    {
        Reaches[i] = reach;
        var vanished = error == 0 ? 0 : Trace.Smallest * reach;
        Set(i, error + Rounded(magnitudes, count) + vanished, leaves || magnitudes > Trace.Largest || reach > Trace.Largest);
    }

    /// <summary>How an element follows from one of a source.</summary>
    /// <param name="Out">The element here.</param>
    /// <param name="From">The element there.</param>
    /// <param name="Slope">The derivative of the one by the other.</param>
    /// <param name="Error">How wrong the derivative may be.</param>
    public readonly record struct Term(int Out, int From, double Slope, double Error);

    private sealed record Edge(ErrorNode Source, int Count, Func<int, Term> TermAt, bool Multiplied, bool Chosen);

    /// <summary>Says what these elements follow from.</summary>
    /// <param name="source">The value, or null if that is a constant.</param>
    /// <param name="count">How many terms there are.</param>
    /// <param name="termAt">Each of them: a contraction has too many to keep.</param>
    /// <param name="multiplied">Whether gradients may be taken as the one here times the value here times something.</param>
    /// <param name="chosen">Whether a slope of zero says that another element was chosen, so that nothing passes, be it infinite.</param>
    public void Follow(ErrorNode? source, int count, Func<int, Term> termAt, bool multiplied = false, bool chosen = false)
    {
        if (source is not null) edges.Add(new Edge(source, count, termAt, multiplied, chosen));
    }

    /// <summary>The weights of these elements in the sum whose gradient is taken, added to what there is.</summary>
    public void Seed(int at, double weight) => Add(at, weight, 0, false);

    /// <summary>Gives the sources their part of the gradient.</summary>
    public void Propagate()
    {
        if (gradient is null) return;
        // Sums of gradients are rounded as all sums.
        for (var i = 0; i < gradient.Length; i++)
        {
            propagated![i] += Rounded(summed![i], terms![i]);
            gradientLeaves![i] |= Beyond(summed[i]);
        }
        GradientErrors = propagated!;
        foreach (var edge in edges)
        {
            for (var k = 0; k < edge.Count; k++)
            {
                var (at, from, slope, wrong) = edge.TermAt(k);
                var (g, e) = (gradient[at], propagated![at]);
                // What does not move contributes nothing, whatever its slope; and the other way round.
                if ((g == 0 && e == 0) || (slope == 0 && wrong == 0))
                {
                    // But 0 times what has become infinite on the way is NaN.
                    if (gradientLeaves![at] && !edge.Chosen) edge.Source.Add(from, 0, 0, true);
                    continue;
                }
                var product = g == 0 || slope == 0 ? 0 : g * slope;
                var size = Math.Abs(slope);
                var error = Times(size, e) + Times(wrong, Math.Abs(g) + e) + 2 * Trace.Unit * Math.Abs(product) + Trace.Smallest;
                var leaves = gradientLeaves![at] || Beyond(product) || Beyond(slope);
                if (edge.Multiplied && Math.Abs(Values[at]) is > 0 and var value)
                {
                    leaves |= Beyond(g * value);
                    error += Trace.Smallest * (1 + size + size / value);
                }
                edge.Source.Add(from, product, error, leaves);
            }
        }

        bool Beyond(double number) => !(Math.Abs(number) <= Trace.Largest);
    }

    private static double Times(double a, double b) => a == 0 || b == 0 ? 0 : a * b;

    /// <summary>What the sum of so many terms may be rounded by, given the sum of their magnitudes.</summary>
    public double Rounded(double magnitudes, int count) => count < 2 ? 0 : Trace.Unit * (1 + Math.Sqrt(count)) * magnitudes;

    private void Add(int at, double part, double error, bool leaves)
    {
        gradient ??= new double[Values.Length];
        propagated ??= new double[Values.Length];
        summed ??= new double[Values.Length];
        terms ??= new int[Values.Length];
        gradientLeaves ??= new bool[Values.Length];
        gradient[at] += part;
        propagated[at] += double.IsNaN(error) ? double.PositiveInfinity : error;
        summed[at] += Math.Abs(part);
        terms[at]++;
        gradientLeaves[at] |= leaves || Leaves[at];
    }
}
