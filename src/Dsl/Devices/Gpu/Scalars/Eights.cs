using System.ComponentModel;
using ILGPU;
using MageDsl.Devices.Gpu.Ilgpu;

#pragma warning disable CS1591 // the members are documented on ILanes and IArithmetic

namespace MageDsl.Devices.Gpu;

/// <summary>
/// Operations on eight neighbours, each as it is on four: what a lane of tensor cores has of a row. What is known of the row is computed once for
/// them, and pairs of random numbers are drawn once where they begin at an odd one.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Eights<T, S> : ILanes<T, Pair<Quad<T>>, Pair<Quad<bool>>>
    where T : unmanaged
    where S : struct, IScalar<T>
{
    public static int Width => 8;

    public static Pair<Quad<T>> Splat(T value) => new(Quads<T, S>.Splat(value), Quads<T, S>.Splat(value));

    public static Pair<Quad<bool>> Splat(bool value) => new(Quads<T, S>.Splat(value), Quads<T, S>.Splat(value));

    public static Pair<Quad<T>> Create(double value) => Splat(S.Create(value));

    public static Pair<Quad<T>> Iota(int first, int step) => new(Quads<T, S>.Iota(first, step), Quads<T, S>.Iota(first + (4 * step), step));

    public static Pair<Quad<T>> Load(ArrayView<T> from, int at) => new(Quads<T, S>.Load(from, at), Quads<T, S>.Load(from, at + 4));

    public static Pair<Quad<T>> LoadShort<H>(ArrayView<H> from, int at)
        where H : unmanaged, IStored<T, H>
        => new(H.LoadFour(from, at), H.LoadFour(from, at + 4));

    public static Pair<Quad<T>> LoadIds(ArrayView<int> from, int at) => new(Quads<T, S>.LoadIds(from, at), Quads<T, S>.LoadIds(from, at + 4));

    public static void Store(ArrayView<T> to, int at, Pair<Quad<T>> value)
    {
        Quads<T, S>.Store(to, at, value.X);
        Quads<T, S>.Store(to, at + 4, value.Y);
    }

    public static void StoreShort<H>(ArrayView<H> to, int at, Pair<Quad<T>> value)
        where H : unmanaged, IStored<T, H>
        => H.StoreEight(to, at, value);

    public static void StoreIds(ArrayView<int> to, int at, Pair<Quad<T>> value)
    {
        Quads<T, S>.StoreIds(to, at, value.X);
        Quads<T, S>.StoreIds(to, at + 4, value.Y);
    }

    public static Pair<Quad<T>> Neg(Pair<Quad<T>> a) => new(Quads<T, S>.Neg(a.X), Quads<T, S>.Neg(a.Y));

    public static Pair<Quad<T>> Abs(Pair<Quad<T>> a) => new(Quads<T, S>.Abs(a.X), Quads<T, S>.Abs(a.Y));

    public static Pair<Quad<T>> Sqrt(Pair<Quad<T>> a) => new(Quads<T, S>.Sqrt(a.X), Quads<T, S>.Sqrt(a.Y));

    public static Pair<Quad<T>> Rsqrt(Pair<Quad<T>> a) => new(Quads<T, S>.Rsqrt(a.X), Quads<T, S>.Rsqrt(a.Y));

    public static Pair<Quad<T>> Floor(Pair<Quad<T>> a) => new(Quads<T, S>.Floor(a.X), Quads<T, S>.Floor(a.Y));

    public static Pair<Quad<T>> Exp(Pair<Quad<T>> a) => new(Quads<T, S>.Exp(a.X), Quads<T, S>.Exp(a.Y));

    public static Pair<Quad<T>> Log(Pair<Quad<T>> a) => new(Quads<T, S>.Log(a.X), Quads<T, S>.Log(a.Y));

    public static Pair<Quad<T>> Erf(Pair<Quad<T>> a) => new(Quads<T, S>.Erf(a.X), Quads<T, S>.Erf(a.Y));

    public static Pair<Quad<T>> Tanh(Pair<Quad<T>> a) => new(Quads<T, S>.Tanh(a.X), Quads<T, S>.Tanh(a.Y));

    public static Pair<Quad<T>> Sigmoid(Pair<Quad<T>> a) => new(Quads<T, S>.Sigmoid(a.X), Quads<T, S>.Sigmoid(a.Y));

    public static Pair<Quad<T>> Sin(Pair<Quad<T>> a) => new(Quads<T, S>.Sin(a.X), Quads<T, S>.Sin(a.Y));

    public static Pair<Quad<T>> Cos(Pair<Quad<T>> a) => new(Quads<T, S>.Cos(a.X), Quads<T, S>.Cos(a.Y));

    public static Pair<Quad<T>> Add(Pair<Quad<T>> a, Pair<Quad<T>> b) => new(Quads<T, S>.Add(a.X, b.X), Quads<T, S>.Add(a.Y, b.Y));

    public static Pair<Quad<T>> Sub(Pair<Quad<T>> a, Pair<Quad<T>> b) => new(Quads<T, S>.Sub(a.X, b.X), Quads<T, S>.Sub(a.Y, b.Y));

    public static Pair<Quad<T>> Difference(Pair<Quad<T>> a, Pair<Quad<T>> b)
        => new(Quads<T, S>.Difference(a.X, b.X), Quads<T, S>.Difference(a.Y, b.Y));

    public static Pair<Quad<T>> Mul(Pair<Quad<T>> a, Pair<Quad<T>> b) => new(Quads<T, S>.Mul(a.X, b.X), Quads<T, S>.Mul(a.Y, b.Y));

    public static Pair<Quad<T>> Gate(Pair<Quad<T>> a, Pair<Quad<T>> b) => new(Quads<T, S>.Gate(a.X, b.X), Quads<T, S>.Gate(a.Y, b.Y));

    public static Pair<Quad<T>> Div(Pair<Quad<T>> a, Pair<Quad<T>> b) => new(Quads<T, S>.Div(a.X, b.X), Quads<T, S>.Div(a.Y, b.Y));

    public static Pair<Quad<T>> Min(Pair<Quad<T>> a, Pair<Quad<T>> b) => new(Quads<T, S>.Min(a.X, b.X), Quads<T, S>.Min(a.Y, b.Y));

    public static Pair<Quad<T>> Max(Pair<Quad<T>> a, Pair<Quad<T>> b) => new(Quads<T, S>.Max(a.X, b.X), Quads<T, S>.Max(a.Y, b.Y));

    public static Pair<Quad<T>> Pow(Pair<Quad<T>> a, Pair<Quad<T>> b) => new(Quads<T, S>.Pow(a.X, b.X), Quads<T, S>.Pow(a.Y, b.Y));

    public static Pair<Quad<T>> Atan2(Pair<Quad<T>> y, Pair<Quad<T>> x) => new(Quads<T, S>.Atan2(y.X, x.X), Quads<T, S>.Atan2(y.Y, x.Y));

    public static Pair<Quad<T>> Fma(Pair<Quad<T>> a, Pair<Quad<T>> b, Pair<Quad<T>> c)
        => new(Quads<T, S>.Fma(a.X, b.X, c.X), Quads<T, S>.Fma(a.Y, b.Y, c.Y));

    public static Pair<Quad<bool>> Less(Pair<Quad<T>> a, Pair<Quad<T>> b) => new(Quads<T, S>.Less(a.X, b.X), Quads<T, S>.Less(a.Y, b.Y));

    public static Pair<Quad<bool>> LessEqual(Pair<Quad<T>> a, Pair<Quad<T>> b)
        => new(Quads<T, S>.LessEqual(a.X, b.X), Quads<T, S>.LessEqual(a.Y, b.Y));

    public static Pair<Quad<bool>> Equal(Pair<Quad<T>> a, Pair<Quad<T>> b) => new(Quads<T, S>.Equal(a.X, b.X), Quads<T, S>.Equal(a.Y, b.Y));

    public static Pair<Quad<bool>> And(Pair<Quad<bool>> a, Pair<Quad<bool>> b) => new(Quads<T, S>.And(a.X, b.X), Quads<T, S>.And(a.Y, b.Y));

    public static Pair<Quad<bool>> Or(Pair<Quad<bool>> a, Pair<Quad<bool>> b) => new(Quads<T, S>.Or(a.X, b.X), Quads<T, S>.Or(a.Y, b.Y));

    public static Pair<Quad<bool>> Not(Pair<Quad<bool>> a) => new(Quads<T, S>.Not(a.X), Quads<T, S>.Not(a.Y));

    public static Pair<Quad<T>> Select(Pair<Quad<bool>> condition, Pair<Quad<T>> a, Pair<Quad<T>> b)
        => new(Quads<T, S>.Select(condition.X, a.X, b.X), Quads<T, S>.Select(condition.Y, a.Y, b.Y));

    public static Pair<Quad<bool>> Select(Pair<Quad<bool>> condition, Pair<Quad<bool>> a, Pair<Quad<bool>> b)
        => new(Quads<T, S>.Select(condition.X, a.X, b.X), Quads<T, S>.Select(condition.Y, a.Y, b.Y));

    public static Pair<Quad<T>> Random(uint seed, uint stream, uint index) => Fractions(RandomWords.Eight(seed, stream, index));

    public static Pair<Quad<T>> RandomFrom(uint seed, uint stream, uint index) => Fractions(RandomWords.EightFrom(seed, stream, index));

    public static Pair<Quad<bool>> RandomBelow(uint seed, uint stream, uint index, RandomLimit limit)
        => AreBelow(RandomWords.Eight(seed, stream, index), limit);

    public static Pair<Quad<bool>> RandomBelowFrom(uint seed, uint stream, uint index, RandomLimit limit)
        => AreBelow(RandomWords.EightFrom(seed, stream, index), limit);

    private static Pair<Quad<T>> Fractions(Pair<Quad<uint>> words) => new(Quads<T, S>.Fractions(words.X), Quads<T, S>.Fractions(words.Y));

    private static Pair<Quad<bool>> AreBelow(Pair<Quad<uint>> words, RandomLimit limit) => new(limit.AreAbove(words.X), limit.AreAbove(words.Y));

    public static Pair<Quad<T>> First(int count, Pair<Quad<T>> value, T other) => new(
        Quads<T, S>.First(count, value.X, other),
        count > 4 ? Quads<T, S>.First(count - 4, value.Y, other) : Quads<T, S>.Splat(other));

    public static T Sum(Pair<Quad<T>> value) => S.Add(Quads<T, S>.Sum(value.X), Quads<T, S>.Sum(value.Y));

    public static T Largest(Pair<Quad<T>> value) => S.Max(Quads<T, S>.Largest(value.X), Quads<T, S>.Largest(value.Y));

    public static T Smallest(Pair<Quad<T>> value) => S.Min(Quads<T, S>.Smallest(value.X), Quads<T, S>.Smallest(value.Y));

    public static void TakeLargest(ref T best, ref int place, Pair<Quad<T>> value, int at)
    {
        Quads<T, S>.TakeLargest(ref best, ref place, value.X, at);
        Quads<T, S>.TakeLargest(ref best, ref place, value.Y, at + 4);
    }

    public static void TakeSmallest(ref T best, ref int place, Pair<Quad<T>> value, int at)
    {
        Quads<T, S>.TakeSmallest(ref best, ref place, value.X, at);
        Quads<T, S>.TakeSmallest(ref best, ref place, value.Y, at + 4);
    }
}
