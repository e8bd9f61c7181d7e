namespace MageDsl;

public static partial class Ops
{
    /// <summary>
    /// 0, 1, … along a new axis: ids over that axis alone, as <c>Index("k", k)</c> for the classes of a one-hot vector. Along an axis that a
    /// value has already, <see cref="Expr.Index"/> needs no size.
    /// </summary>
    /// <param name="axis">The name of the axis.</param>
    /// <param name="size">Its size, 1 or more; in a kernel a constant, a <c>[Size]</c> parameter, or <see cref="Expr.SizeOf"/>.</param>
    /// <exception cref="ExprException">The size is not positive, or the name is no axis name.</exception>
    public static Expr Index(string axis, int size)
    {
        if (size < 1) throw new ExprException($"Index(\"{axis}\", {size}): the size of axis '{axis}' must be 1 or more", axis, 1, size);
        if (TensorLayout.Parse(axis).Axes is not [{ Fixed: 0 }]) throw new ExprException($"Index: \"{axis}\" is not the name of one axis");
        return Expr.Along(axis, size);
    }
}
