namespace MageDsl;

/// <summary>
/// What makes central differences respect <see cref="Ops.StopGradient"/>: a first evaluation of a definition records the
/// numbers that went through it, and later evaluations at nearby points see those again. A definition calls it in the
/// same order every time, since its control flow depends on its bool arguments only.
/// </summary>
internal sealed class FrozenConstants
{
    [ThreadStatic]
    private static FrozenConstants? current;

    private readonly List<double[]> recorded = [];
    private int next;
    private bool replaying;

    /// <summary>Evaluates with numbers recorded if this is the first evaluation, and replayed in all later ones.</summary>
    public Expr[] Evaluate(Func<Expr[]> definition)
    {
        var outer = current;
        current = this;
        next = 0;
        try
        {
            return definition();
        }
        finally
        {
            current = outer;
            replaying = true;
        }
    }

    /// <summary>The numbers that <see cref="Ops.StopGradient"/> gives for these.</summary>
    public static double[] Pass(double[] values)
    {
        if (current is not { } frozen) return values;
        if (!frozen.replaying) frozen.recorded.Add(values);
        return frozen.recorded[frozen.next++];
    }
}
