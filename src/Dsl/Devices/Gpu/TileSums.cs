namespace MageDsl.Devices.Gpu;

/// <summary>Sums of products in registers.</summary>
internal static class TileSums<T, S>
    where T : unmanaged
    where S : struct, IScalar<T>
{
    /// <summary>Four zeros.</summary>
    public static Quad<T> None => All(S.Create(0d));

    /// <summary>c + a b for four rows and four columns.</summary>
    public static Quad<Quad<T>> Add(Quad<T> a, Quad<T> b, Quad<Quad<T>> c)
        => new(Add(a.X, b, c.X), Add(a.Y, b, c.Y), Add(a.Z, b, c.Z), Add(a.W, b, c.W));

    /// <summary>All four the same.</summary>
    public static Quad<V> All<V>(V value)
        where V : unmanaged => new(value, value, value, value);

    /// <summary>One of four, by its number.</summary>
    public static V Of<V>(Quad<V> four, int number)
        where V : unmanaged => number == 0 ? four.X : number == 1 ? four.Y : number == 2 ? four.Z : four.W;

    private static Quad<T> Add(T a, Quad<T> b, Quad<T> c)
        => new(S.MultiplyAdd(a, b.X, c.X), S.MultiplyAdd(a, b.Y, c.Y), S.MultiplyAdd(a, b.Z, c.Z), S.MultiplyAdd(a, b.W, c.W));
}
