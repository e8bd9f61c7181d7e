namespace MageDsl;

public sealed partial class Expr
{
    private static readonly Dictionary<string, int> NoSizes = [];

    /// <summary>
    /// Binds a dense array to named axes: <c>Expr.From(data, "b t (s=3 h e)", [2, 5, 24], new() { ["h"] = 2 })</c>.
    /// </summary>
    /// <param name="data">The elements, row-major over <paramref name="shape"/>. Copied.</param>
    /// <param name="layout">The axes that each dimension holds.</param>
    /// <param name="shape">The dimensions of the array.</param>
    /// <param name="sizes">The sizes of axes that the shape leaves open: all but one in each group.</param>
    /// <param name="ids">True for exact integers, as those of an <c>[Ids]</c> parameter.</param>
    /// <exception cref="ExprException">Shape, layout and sizes contradict each other, the data has another length, or an id is not whole.</exception>
    public static Expr From(
        ReadOnlySpan<double> data, string layout, ReadOnlySpan<int> shape, IReadOnlyDictionary<string, int>? sizes = null, bool ids = false)
    {
        var parsed = TensorLayout.Parse(layout);
        var known = new Dictionary<string, int>(sizes ?? NoSizes);
        parsed.Resolve(shape, known);
        return From(data, parsed, known, ids);
    }

    /// <summary>As the other overload, with the size of every axis that the layout does not fix given by name.</summary>
    /// <param name="data">The elements, row-major over the layout. Copied.</param>
    /// <param name="layout">The axes, slowest first; groups make no difference here.</param>
    /// <param name="sizes">The sizes of the axes.</param>
    /// <param name="ids">True for exact integers.</param>
    /// <exception cref="ExprException">A size is missing, the data has another length, or an id is not whole.</exception>
    public static Expr From(ReadOnlySpan<double> data, string layout, IReadOnlyDictionary<string, int> sizes, bool ids = false) =>
        From(data, TensorLayout.Parse(layout), sizes, ids);

    /// <summary>
    /// The elements as a dense row-major array of a layout: the inverse of
    /// <see cref="From(ReadOnlySpan{double}, string, IReadOnlyDictionary{string, int}, bool)"/>.
    /// Axes that the value lacks are repeated; their sizes are fixed by the layout or given. Conditions are 0 and 1.
    /// </summary>
    /// <exception cref="ExprException">The layout lacks an axis of the value, a size is not known, or sizes differ.</exception>
    public double[] ToArray(string layout, IReadOnlyDictionary<string, int>? sizes = null)
    {
        var parsed = TensorLayout.Parse(layout);
        string[] order = [.. parsed.Axes.Select(a => a.Name)];
        foreach (var axis in axes)
            if (!order.Contains(axis)) throw new ExprException($"layout \"{layout}\" lacks axis '{axis}' of a value over {Describe()}");
        var orderedSizes = LayoutSizes(parsed, sizes ?? NoSizes);
        return (double[])Loops.Spread(this, order, orderedSizes).Clone();
    }

    /// <summary>The shape that <see cref="ToArray"/> has for a layout: one size per dimension, <c>...</c> being one.</summary>
    /// <exception cref="ExprException">A size is not known, or sizes differ.</exception>
    public int[] ShapeOf(string layout, IReadOnlyDictionary<string, int>? sizes = null)
    {
        var parsed = TensorLayout.Parse(layout);
        var found = LayoutSizes(parsed, sizes ?? NoSizes);
        return parsed.Shape(parsed.Axes.Select((a, i) => (a.Name, found[i])).ToDictionary(a => a.Name, a => a.Item2));
    }

    private static Expr From(ReadOnlySpan<double> data, TensorLayout layout, IReadOnlyDictionary<string, int> sizes, bool ids)
    {
        _ = layout.Shape(sizes); // every size is known, and as fixed
        string[] axes = [.. layout.Axes.Select(a => a.Name)];
        int[] axisSizes = [.. layout.Axes.Select(a => a.Fixed > 0 ? a.Fixed : sizes[a.Name])];
        if (Loops.Count(axisSizes) != data.Length)
        {
            var described = string.Join(" ", axes.Select((a, i) => $"{a}={axisSizes[i]}"));
            throw new ExprException($"layout \"{layout}\" with [{described}] has {Loops.Count(axisSizes)} elements, but the data has {data.Length}");
        }
        if (ids)
        {
            foreach (var id in data)
                if (id != Math.Floor(id)) throw new ExprException($"ids are whole numbers, but the data has {id}");
        }
        return new Expr(axes, axisSizes, data.ToArray(), ids ? ExprType.Ids : ExprType.Real);
    }

    /// <summary>The size of each axis of a layout: this value's own, else the fixed one, else the given one.</summary>
    private int[] LayoutSizes(TensorLayout layout, IReadOnlyDictionary<string, int> sizes)
    {
        var found = new int[layout.Axes.Count];
        for (var i = 0; i < found.Length; i++)
        {
            var axis = layout.Axes[i];
            if (Has(axis.Name))
            {
                found[i] = SizeOf(axis.Name);
                if (axis.Fixed > 0 && axis.Fixed != found[i])
                {
                    throw new ExprException(
                        $"layout \"{layout}\": axis '{axis.Name}' has size {axis.Fixed}, but the value has {found[i]}",
                        axis.Name, axis.Fixed, found[i]);
                }
                if (sizes.TryGetValue(axis.Name, out var given) && given != found[i])
                    throw ExprException.Conflict($"layout \"{layout}\"", axis.Name, given, found[i]);
            }
            else
            {
                found[i] = axis.Fixed > 0 ? axis.Fixed
                    : sizes.TryGetValue(axis.Name, out var given) ? given
                    : throw new ExprException(
                        $"layout \"{layout}\": the value over {Describe()} lacks axis '{axis.Name}', and its size is not given");
            }
        }
        return found;
    }
}
