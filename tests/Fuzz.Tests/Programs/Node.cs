namespace Fuzz.Tests.Programs;

/// <summary>What the elements of a value are.</summary>
internal enum Element { Real, Ids, Bool }

/// <summary>What a node of a program is: a parameter of some kind, or an expression.</summary>
internal enum NodeKind { Tensor, Ids, Float, Seed, Flag, Expression }

/// <summary>
/// One parameter or one line of a random definition. Arguments are positions of earlier nodes, and <see cref="Text"/> is C# with
/// places for them (<c>Exp({0})</c>), so that a program can be cut and put together again without knowing the language.
/// </summary>
/// <param name="Kind">A parameter or an expression.</param>
/// <param name="Text">The expression; the layout of a tensor parameter.</param>
/// <param name="Args">The nodes that it is computed from.</param>
/// <param name="Type">What its elements are.</param>
/// <param name="Axes">Its axes; the order is not kept track of.</param>
/// <param name="Low">A lower bound of its elements, which keeps logarithms and quotients in their domain.</param>
/// <param name="High">An upper bound.</param>
/// <param name="Exact">Whether float32 gives the same number as float64, so that comparing it is safe.</param>
/// <param name="Table">Of an ids parameter: the axis that it points into.</param>
/// <param name="Range">Of a tensor parameter with extreme numbers: the largest; else 0.</param>
internal sealed record Node(
    NodeKind Kind,
    string Text,
    IReadOnlyList<int> Args,
    Element Type,
    IReadOnlyList<string> Axes,
    double Low = double.NegativeInfinity,
    double High = double.PositiveInfinity,
    bool Exact = false,
    string Table = "",
    double Range = 0)
{
    public bool IsParameter => Kind != NodeKind.Expression;
}

/// <summary>An axis of a program: its size, whether layouts fix it, and how the size follows from other axes, if it does.</summary>
internal sealed record Axis(string Name, int Size, bool Fixed = false, AxisRule? Rule = null);

/// <summary>
/// The size of a slice or of windows: <c>(size(From) + Offset - size(By)) / Stride + 1</c>, or without By <c>size(From) + Offset</c>.
/// </summary>
internal sealed record AxisRule(string From, int Offset, string By = "", int Stride = 1)
{
    public int Size(Func<string, int> sizeOf) => By.Length == 0 ? sizeOf(From) + Offset : ((sizeOf(From) + Offset - sizeOf(By)) / Stride) + 1;
}

/// <summary>A result: a node and the axes of its layout, in order, with groups as the layout has them.</summary>
internal sealed record Result(int Node, string Layout);
