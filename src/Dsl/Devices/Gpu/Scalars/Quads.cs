using System.ComponentModel;
using ILGPU;
using MageDsl.Devices.Gpu.Ilgpu;

#pragma warning disable CS1591 // the members are documented on ILanes and IArithmetic

namespace MageDsl.Devices.Gpu;

/// <summary>Operations on four neighbours, each as it is on one number.</summary>
/// <remarks>
/// ILGPU reads and writes them at once only if the whole view is seen as one of quads, and then indexed: of a part that begins somewhere it no
/// longer knows where that is.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Quads<T, S> : ILanes<T, Quad<T>, Quad<bool>>
    where T : unmanaged
    where S : struct, IScalar<T>
{
    public static int Width => 4;

    public static Quad<T> Splat(T value) => new(value, value, value, value);

    public static Quad<bool> Splat(bool value) => new(value, value, value, value);

    public static Quad<T> Create(double value) => Splat(S.Create(value));

    public static Quad<T> Iota(int first, int step) => new(S.Of(first), S.Of(first + step), S.Of(first + (2 * step)), S.Of(first + (3 * step)));

    public static Quad<T> Load(ArrayView<T> from, int at) => from.Cast<Quad<T>>()[at >> 2];

    public static Quad<T> LoadShort<H>(ArrayView<H> from, int at)
        where H : unmanaged, IStored<T, H>
        => H.LoadFour(from, at);

    public static Quad<T> LoadIds(ArrayView<int> from, int at)
    {
        var ids = from.Cast<Quad<int>>()[at >> 2];
        return new(S.Of(ids.X), S.Of(ids.Y), S.Of(ids.Z), S.Of(ids.W));
    }

    public static void Store(ArrayView<T> to, int at, Quad<T> value) => to.Cast<Quad<T>>()[at >> 2] = value;

    public static void StoreShort<H>(ArrayView<H> to, int at, Quad<T> value)
        where H : unmanaged, IStored<T, H>
        => H.StoreFour(to, at, value);

    public static void StoreIds(ArrayView<int> to, int at, Quad<T> value)
        => to.Cast<Quad<int>>()[at >> 2] = new(S.ToInt(value.X), S.ToInt(value.Y), S.ToInt(value.Z), S.ToInt(value.W));

    public static Quad<T> Neg(Quad<T> a)
        => new(S.Neg(a.X), S.Neg(a.Y), S.Neg(a.Z), S.Neg(a.W));

    public static Quad<T> Abs(Quad<T> a)
        => new(S.Abs(a.X), S.Abs(a.Y), S.Abs(a.Z), S.Abs(a.W));

    public static Quad<T> Sqrt(Quad<T> a)
        => new(S.Sqrt(a.X), S.Sqrt(a.Y), S.Sqrt(a.Z), S.Sqrt(a.W));

    public static Quad<T> Rsqrt(Quad<T> a)
        => new(S.Rsqrt(a.X), S.Rsqrt(a.Y), S.Rsqrt(a.Z), S.Rsqrt(a.W));

    public static Quad<T> Floor(Quad<T> a)
        => new(S.Floor(a.X), S.Floor(a.Y), S.Floor(a.Z), S.Floor(a.W));

    public static Quad<T> Exp(Quad<T> a)
        => new(S.Exp(a.X), S.Exp(a.Y), S.Exp(a.Z), S.Exp(a.W));

    public static Quad<T> Log(Quad<T> a)
        => new(S.Log(a.X), S.Log(a.Y), S.Log(a.Z), S.Log(a.W));

    public static Quad<T> Erf(Quad<T> a)
        => new(S.Erf(a.X), S.Erf(a.Y), S.Erf(a.Z), S.Erf(a.W));

    public static Quad<T> Tanh(Quad<T> a)
        => new(S.Tanh(a.X), S.Tanh(a.Y), S.Tanh(a.Z), S.Tanh(a.W));

    public static Quad<T> Sigmoid(Quad<T> a)
        => new(S.Sigmoid(a.X), S.Sigmoid(a.Y), S.Sigmoid(a.Z), S.Sigmoid(a.W));

    public static Quad<T> Sin(Quad<T> a)
        => new(S.Sin(a.X), S.Sin(a.Y), S.Sin(a.Z), S.Sin(a.W));

    public static Quad<T> Cos(Quad<T> a)
        => new(S.Cos(a.X), S.Cos(a.Y), S.Cos(a.Z), S.Cos(a.W));

    public static Quad<T> Add(Quad<T> a, Quad<T> b)
        => new(S.Add(a.X, b.X), S.Add(a.Y, b.Y), S.Add(a.Z, b.Z), S.Add(a.W, b.W));

    public static Quad<T> Sub(Quad<T> a, Quad<T> b)
        => new(S.Sub(a.X, b.X), S.Sub(a.Y, b.Y), S.Sub(a.Z, b.Z), S.Sub(a.W, b.W));

    public static Quad<T> Difference(Quad<T> a, Quad<T> b)
        => new(S.Difference(a.X, b.X), S.Difference(a.Y, b.Y), S.Difference(a.Z, b.Z), S.Difference(a.W, b.W));

    public static Quad<T> Mul(Quad<T> a, Quad<T> b)
        => new(S.Mul(a.X, b.X), S.Mul(a.Y, b.Y), S.Mul(a.Z, b.Z), S.Mul(a.W, b.W));

    public static Quad<T> Gate(Quad<T> a, Quad<T> b)
        => new(S.Gate(a.X, b.X), S.Gate(a.Y, b.Y), S.Gate(a.Z, b.Z), S.Gate(a.W, b.W));

    public static Quad<T> Div(Quad<T> a, Quad<T> b)
        => new(S.Div(a.X, b.X), S.Div(a.Y, b.Y), S.Div(a.Z, b.Z), S.Div(a.W, b.W));

    public static Quad<T> Min(Quad<T> a, Quad<T> b)
        => new(S.Min(a.X, b.X), S.Min(a.Y, b.Y), S.Min(a.Z, b.Z), S.Min(a.W, b.W));

    public static Quad<T> Max(Quad<T> a, Quad<T> b)
        => new(S.Max(a.X, b.X), S.Max(a.Y, b.Y), S.Max(a.Z, b.Z), S.Max(a.W, b.W));

    public static Quad<T> Pow(Quad<T> a, Quad<T> b)
        => new(S.Pow(a.X, b.X), S.Pow(a.Y, b.Y), S.Pow(a.Z, b.Z), S.Pow(a.W, b.W));

    public static Quad<T> Atan2(Quad<T> y, Quad<T> x)
        => new(S.Atan2(y.X, x.X), S.Atan2(y.Y, x.Y), S.Atan2(y.Z, x.Z), S.Atan2(y.W, x.W));

    public static Quad<T> Fma(Quad<T> a, Quad<T> b, Quad<T> c)
        => new(S.Fma(a.X, b.X, c.X), S.Fma(a.Y, b.Y, c.Y), S.Fma(a.Z, b.Z, c.Z), S.Fma(a.W, b.W, c.W));

    public static Quad<bool> Less(Quad<T> a, Quad<T> b)
        => new(S.Less(a.X, b.X), S.Less(a.Y, b.Y), S.Less(a.Z, b.Z), S.Less(a.W, b.W));

    public static Quad<bool> LessEqual(Quad<T> a, Quad<T> b)
        => new(S.LessEqual(a.X, b.X), S.LessEqual(a.Y, b.Y), S.LessEqual(a.Z, b.Z), S.LessEqual(a.W, b.W));

    public static Quad<bool> Equal(Quad<T> a, Quad<T> b)
        => new(S.Equal(a.X, b.X), S.Equal(a.Y, b.Y), S.Equal(a.Z, b.Z), S.Equal(a.W, b.W));

    public static Quad<bool> And(Quad<bool> a, Quad<bool> b)
        => new(S.And(a.X, b.X), S.And(a.Y, b.Y), S.And(a.Z, b.Z), S.And(a.W, b.W));

    public static Quad<bool> Or(Quad<bool> a, Quad<bool> b)
        => new(S.Or(a.X, b.X), S.Or(a.Y, b.Y), S.Or(a.Z, b.Z), S.Or(a.W, b.W));

    public static Quad<bool> Not(Quad<bool> a)
        => new(S.Not(a.X), S.Not(a.Y), S.Not(a.Z), S.Not(a.W));

    public static Quad<T> Select(Quad<bool> condition, Quad<T> a, Quad<T> b) => new(
        S.Select(condition.X, a.X, b.X),
        S.Select(condition.Y, a.Y, b.Y),
        S.Select(condition.Z, a.Z, b.Z),
        S.Select(condition.W, a.W, b.W));

    public static Quad<bool> Select(Quad<bool> condition, Quad<bool> a, Quad<bool> b) => new(
        S.Select(condition.X, a.X, b.X),
        S.Select(condition.Y, a.Y, b.Y),
        S.Select(condition.Z, a.Z, b.Z),
        S.Select(condition.W, a.W, b.W));

    /// <summary>The four as floats.</summary>
    internal static Quad<T> Of(Quad<float> values)
        => new(S.FromSingle(values.X), S.FromSingle(values.Y), S.FromSingle(values.Z), S.FromSingle(values.W));

    internal static Quad<float> Singles(Quad<T> values)
        => new(S.ToSingle(values.X), S.ToSingle(values.Y), S.ToSingle(values.Z), S.ToSingle(values.W));

    public static Quad<T> Random(uint seed, uint stream, uint index) => Fractions(RandomWords.Four(seed, stream, index));

    public static Quad<T> RandomFrom(uint seed, uint stream, uint index) => Fractions(RandomWords.FourFrom(seed, stream, index));

    public static Quad<bool> RandomBelow(uint seed, uint stream, uint index, RandomLimit limit)
        => limit.AreAbove(RandomWords.Four(seed, stream, index));

    public static Quad<bool> RandomBelowFrom(uint seed, uint stream, uint index, RandomLimit limit)
        => limit.AreAbove(RandomWords.FourFrom(seed, stream, index));

    internal static Quad<T> Fractions(Quad<uint> words) => new(S.Fraction(words.X), S.Fraction(words.Y), S.Fraction(words.Z), S.Fraction(words.W));

    public static Quad<T> First(int count, Quad<T> value, T other)
        => new(value.X, count > 1 ? value.Y : other, count > 2 ? value.Z : other, count > 3 ? value.W : other);

    public static T Sum(Quad<T> value) => S.Add(S.Add(value.X, value.Y), S.Add(value.Z, value.W));

    public static T Largest(Quad<T> value) => S.Max(S.Max(value.X, value.Y), S.Max(value.Z, value.W));

    public static T Smallest(Quad<T> value) => S.Min(S.Min(value.X, value.Y), S.Min(value.Z, value.W));

    public static void TakeLargest(ref T best, ref int place, Quad<T> value, int at)
    {
        S.TakeLargest(ref best, ref place, value.X, at);
        S.TakeLargest(ref best, ref place, value.Y, at + 1);
        S.TakeLargest(ref best, ref place, value.Z, at + 2);
        S.TakeLargest(ref best, ref place, value.W, at + 3);
    }

    public static void TakeSmallest(ref T best, ref int place, Quad<T> value, int at)
    {
        S.TakeSmallest(ref best, ref place, value.X, at);
        S.TakeSmallest(ref best, ref place, value.Y, at + 1);
        S.TakeSmallest(ref best, ref place, value.Z, at + 2);
        S.TakeSmallest(ref best, ref place, value.W, at + 3);
    }
}
