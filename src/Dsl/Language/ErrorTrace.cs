namespace MageDsl;

/// <summary>
/// One evaluation of a definition with a bound of the rounding error beside every element, and of every element's derivative: how far
/// a compiled kernel of some precision may rightly be from the definition in float64.
/// </summary>
/// <remarks>
/// A running error analysis (Higham, Accuracy and Stability of Numerical Algorithms, chapter 3). Every primitive (<see cref="ErrorRules"/>)
/// adds what itself may round, relative to the terms that it adds up, to what its arguments are wrong by already; so the bound of
/// a difference is as large as what cancelled. Each node keeps its slopes, and going back over them gives the gradient of
/// everything with the same kind of bound: wrong slopes, wrong gradients of what comes later, and the rounding of products and sums.
/// Where a decision (a comparison, an extremum, a place) may come out the other way, the bound covers both.
/// </remarks>
internal sealed class ErrorTrace
{
    private readonly List<ErrorNode> nodes = [];

    private ErrorTrace(double unit, double function, double smallest, double largest) =>
        (Unit, Function, Smallest, Largest) = (unit, function, smallest, largest);

    /// <summary>Whether any element of any value, or of its gradient, leaves the range of the precision.</summary>
    public bool Overflows => nodes.Any(node => node.Leaves.Contains(true) || node.GradientLeaves.Contains(true));

    /// <summary>Half the distance from one to the next number.</summary>
    public double Unit { get; }

    /// <summary>The relative error of a function, as the vector code has it.</summary>
    public double Function { get; }

    /// <summary>Below this the distance between numbers stays the same, and functions may give zero.</summary>
    public double Smallest { get; }

    /// <summary>The largest number; what is larger is infinite.</summary>
    public double Largest { get; }

    /// <summary>A trace for kernels of a precision.</summary>
    public static ErrorTrace For(ElementType type) => type == ElementType.Float32
        ? new ErrorTrace(Math.ScaleB(1, -24), 4e-7, Math.ScaleB(1, -126), float.MaxValue)
        : new ErrorTrace(Math.ScaleB(1, -53), 1e-14, Math.ScaleB(1, -1022), double.MaxValue);

    /// <summary>A node for these elements, exact until told otherwise.</summary>
    public ErrorNode Add(double[] values)
    {
        var node = new ErrorNode(this, values);
        nodes.Add(node);
        return node;
    }

    /// <summary>
    /// Takes gradients from the results back to every node. A node whose gradient is asked for must have got its own first by
    /// <see cref="ErrorNode.Seed"/>; the bounds are in <see cref="ErrorNode.Gradient"/> and beside it.
    /// </summary>
    public void Backward()
    {
        for (var i = nodes.Count - 1; i >= 0; i--) nodes[i].Propagate();
    }
}
