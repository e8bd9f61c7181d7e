namespace MageDsl.Devices.Gpu;

/// <summary>Sums of products in registers.</summary>
internal static class Sums<T, S>
    where T : unmanaged
    where S : struct, IScalar<T>
{
    /// <summary>Four zeros.</summary>
    public static Four<T> None => new(S.Create(0d), S.Create(0d), S.Create(0d), S.Create(0d));

    /// <summary>c + a b for four rows and four columns.</summary>
    public static Four<Four<T>> Add(Four<T> a, Four<T> b, Four<Four<T>> c) => new(Add(a.X, b, c.X), Add(a.Y, b, c.Y), Add(a.Z, b, c.Z), Add(a.W, b, c.W));

    /// <summary>All four the same.</summary>
    public static Four<V> All<V>(V value)
        where V : unmanaged => new(value, value, value, value);

    /// <summary>One of four, by its number.</summary>
    public static V Of<V>(Four<V> four, int number)
        where V : unmanaged => number == 0 ? four.X : number == 1 ? four.Y : number == 2 ? four.Z : four.W;

    private static Four<T> Add(T a, Four<T> b, Four<T> c)
        => new(S.MultiplyAdd(a, b.X, c.X), S.MultiplyAdd(a, b.Y, c.Y), S.MultiplyAdd(a, b.Z, c.Z), S.MultiplyAdd(a, b.W, c.W));
}
