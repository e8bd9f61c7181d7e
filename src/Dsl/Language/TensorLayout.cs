using System.Collections.Concurrent;

namespace MageDsl;

/// <summary>
/// A parsed <c>Dims</c> string: how the dimensions of a tensor hold named axes. <c>"b t (s=3 h e)"</c> is three
/// dimensions, the last one holding three axes with e fastest; <c>"... d"</c> any number of leading dimensions, seen as
/// one axis named <c>...</c>; <c>""</c> a scalar.
/// </summary>
public sealed class TensorLayout
{
    /// <summary>The axis that stands for all leading dimensions.</summary>
    public const string Ellipsis = LayoutGrammar.Ellipsis;

    private static readonly ConcurrentDictionary<string, TensorLayout> Parsed = new();

    private TensorLayout(string text, IReadOnlyList<IReadOnlyList<TensorAxis>> dimensions)
    {
        Text = text;
        Dimensions = dimensions;
        Axes = [.. dimensions.SelectMany(d => d)];
    }

    /// <summary>The layout as it was written.</summary>
    public string Text { get; }

    /// <summary>The axes of each dimension, slowest first.</summary>
    public IReadOnlyList<IReadOnlyList<TensorAxis>> Dimensions { get; }

    /// <summary>All axes, slowest first.</summary>
    public IReadOnlyList<TensorAxis> Axes { get; }

    /// <summary>Whether the layout starts with <c>...</c>.</summary>
    public bool HasEllipsis => Axes.Count > 0 && Axes[0].Name == Ellipsis;

    /// <summary>Reads a layout; a text is parsed once.</summary>
    /// <exception cref="ExprException">The text is no layout; the message says why.</exception>
    public static TensorLayout Parse(string text) => Parsed.GetOrAdd(
        text, static t => new TensorLayout(t, LayoutGrammar.Read(t, problem => new ExprException($"layout \"{t}\": {problem}"))));

    /// <summary>
    /// Finds the sizes of the axes from the shape of a tensor, and adds them to <paramref name="sizes"/>. In each group,
    /// at most one axis may be neither fixed nor known; its size is what is left.
    /// </summary>
    /// <exception cref="ExprException">The shape does not fit the layout or the sizes known so far.</exception>
    public void Resolve(ReadOnlySpan<int> shape, IDictionary<string, int> sizes)
    {
        var leading = HasEllipsis ? shape.Length - Dimensions.Count + 1 : 1;
        if (leading < 0 || (!HasEllipsis && shape.Length != Dimensions.Count))
        {
            throw new ExprException(
                $"layout \"{Text}\" has {(HasEllipsis ? $"{Dimensions.Count - 1} or more" : Dimensions.Count)} dimensions, " +
                $"but the shape is [{string.Join(", ", shape.ToArray())}]");
        }
        for (var i = 0; i < Dimensions.Count; i++)
        {
            var size = 1;
            if (i == 0 && HasEllipsis) foreach (var part in shape[..leading]) size = checked(size * part);
            else size = shape[HasEllipsis ? i + leading - 1 : i];
            ResolveGroup(Dimensions[i], size, sizes);
        }
    }

    /// <summary>The size of each dimension, <c>...</c> being one, where every axis is fixed or in <paramref name="sizes"/>.</summary>
    /// <exception cref="ExprException">The size of an axis is unknown, or is not the fixed one.</exception>
    public int[] Shape(IReadOnlyDictionary<string, int> sizes)
    {
        var shape = new int[Dimensions.Count];
        for (var i = 0; i < shape.Length; i++)
        {
            shape[i] = 1;
            foreach (var axis in Dimensions[i])
            {
                shape[i] = checked(shape[i] * (Known(axis, sizes)
                    ?? throw new ExprException($"layout \"{Text}\": the size of axis '{axis.Name}' is not known")));
            }
        }
        return shape;
    }

    /// <summary>The layout as it was written.</summary>
    public override string ToString() => Text;

    private int? Known(TensorAxis axis, IReadOnlyDictionary<string, int> sizes)
    {
        if (!sizes.TryGetValue(axis.Name, out var size)) return axis.Fixed > 0 ? axis.Fixed : null;
        if (axis.Fixed > 0 && size != axis.Fixed)
            throw new ExprException($"layout \"{Text}\": axis '{axis.Name}' has size {axis.Fixed}, not {size}", axis.Name, axis.Fixed, size);
        return size;
    }

    private void ResolveGroup(IReadOnlyList<TensorAxis> group, int size, IDictionary<string, int> sizes)
    {
        var product = 1;
        string? open = null;
        foreach (var axis in group)
        {
            if (Known(axis, new Dictionary<string, int>(sizes)) is { } known)
            {
                product = checked(product * known);
                sizes[axis.Name] = known;
            }
            else if (open is null)
            {
                open = axis.Name;
            }
            else
            {
                throw new ExprException($"layout \"{Text}\": the sizes of '{open}' and '{axis.Name}' in one group cannot both be found; give one");
            }
        }
        if (open is not null)
        {
            if (product == 0 || size % product != 0)
            {
                throw new ExprException(
                    $"layout \"{Text}\": a dimension of {size} is not a multiple of {product}, so that there is no size for axis '{open}'");
            }
            sizes[open] = size / product;
        }
        else if (product != size)
        {
            var name = group.Count == 1 ? $"axis '{group[0].Name}' has" : $"group ({string.Join(" ", group.Select(a => a.Name))}) has";
            throw group.Count == 1
                ? new ExprException($"layout \"{Text}\": {name} size {product}, but the dimension has {size}", group[0].Name, product, size)
                : new ExprException($"layout \"{Text}\": {name} size {product}, but the dimension has {size}");
        }
    }
}
