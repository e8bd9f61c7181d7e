namespace MageDsl;

/// <summary>
/// The loops that eager evaluation is made of. They all work on tables of offsets: where, in a value's elements, each
/// position over some list of axes lies. An axis that the value lacks has stride zero, which is all there is to broadcasting.
/// </summary>
internal static class Loops
{
    /// <summary>The number of positions over axes of these sizes.</summary>
    public static int Count(ReadOnlySpan<int> sizes)
    {
        var count = 1L;
        foreach (var size in sizes) count *= size;
        return count <= Array.MaxLength
            ? (int)count
            : throw new ExprException($"a value of {count} elements is too large to evaluate eagerly");
    }

    /// <summary>The axes of an operation on several values: the first one's, then what each next one adds, in order.</summary>
    public static (string[] Axes, int[] Sizes) Join(string what, params ReadOnlySpan<Expr> operands)
    {
        var axes = new List<string>();
        var sizes = new List<int>();
        foreach (var operand in operands)
        {
            for (var i = 0; i < operand.AxisNames.Length; i++)
            {
                var at = axes.IndexOf(operand.AxisNames[i]);
                if (at < 0)
                {
                    axes.Add(operand.AxisNames[i]);
                    sizes.Add(operand.Sizes[i]);
                }
                else if (sizes[at] != operand.Sizes[i])
                {
                    throw ExprException.Conflict(what, axes[at], sizes[at], operand.Sizes[i]);
                }
            }
        }
        return ([.. axes], [.. sizes]);
    }

    /// <summary>The distance between neighbours along each of <paramref name="axes"/> in a value; 0 where it lacks the axis.</summary>
    public static int[] Strides(Expr value, ReadOnlySpan<string> axes)
    {
        var strides = new int[axes.Length];
        for (var i = 0; i < axes.Length; i++)
        {
            var at = Array.IndexOf(value.AxisNames, axes[i]);
            strides[i] = at < 0 ? 0 : Count(value.Sizes.AsSpan(at + 1));
        }
        return strides;
    }

    /// <summary>The offset of every position over axes of these sizes, in row-major order.</summary>
    public static int[] Offsets(ReadOnlySpan<int> sizes, ReadOnlySpan<int> strides)
    {
        var offsets = new int[Count(sizes)];
        var filled = 1;
        if (offsets.Length == 0) return offsets;
        // Grow the table from the fastest axis outwards: each axis repeats what is there, shifted.
        for (var axis = sizes.Length - 1; axis >= 0; axis--)
        {
            var block = filled;
            for (var i = 1; i < sizes[axis]; i++)
            {
                for (var j = 0; j < block; j++)
                    offsets[filled++] = offsets[j] + i * strides[axis];
            }
        }
        return offsets;
    }

    /// <summary>The offset in <paramref name="value"/> of every position over the given axes, in row-major order.</summary>
    public static int[] Offsets(Expr value, ReadOnlySpan<string> axes, ReadOnlySpan<int> sizes) => Offsets(sizes, Strides(value, axes));

    /// <summary>The elements of <paramref name="value"/> repeated and reordered to the given axes.</summary>
    public static double[] Spread(Expr value, string[] axes, int[] sizes)
    {
        if (value.AxisNames.AsSpan().SequenceEqual(axes)) return value.Values;
        var from = value.Values;
        var offsets = Offsets(value, axes, sizes);
        var result = new double[offsets.Length];
        for (var i = 0; i < result.Length; i++) result[i] = from[offsets[i]];
        return result;
    }

    /// <summary>The elements of <c>f(a)</c>.</summary>
    public static double[] Map(Expr a, Func<double, double> f)
    {
        var from = a.Values;
        var result = new double[from.Length];
        for (var i = 0; i < result.Length; i++) result[i] = f(from[i]);
        return result;
    }

    /// <summary>The elements of <c>f(a, b)</c> over the given axes.</summary>
    public static double[] Map(Expr a, Expr b, string[] axes, int[] sizes, Func<double, double, double> f)
    {
        var left = Spread(a, axes, sizes);
        var right = Spread(b, axes, sizes);
        var result = new double[left.Length];
        for (var i = 0; i < result.Length; i++) result[i] = f(left[i], right[i]);
        return result;
    }
}
