using System.ComponentModel;
using ILGPU;
using MageDsl.Devices.Gpu.Ilgpu;

#pragma warning disable CS1591 // the members are documented on IStored

namespace MageDsl.Devices.Gpu;

/// <summary>How elements lie in memory that may be shorter than what is computed with.</summary>
/// <typeparam name="T">What is computed with.</typeparam>
/// <typeparam name="H">What lies in memory: the type itself.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IStored<T, H>
    where T : unmanaged
    where H : unmanaged, IStored<T, H>
{
    /// <summary>Whether they are shorter: words of bfloat16.</summary>
    static abstract bool IsShort { get; }

    /// <summary>A number as it is stored, rounded if it has to be.</summary>
    static abstract H Of(T value);

    /// <summary>What is stored, as a number.</summary>
    static abstract T Value(H stored);

    /// <summary>Four neighbours, the first of which is at a multiple of four.</summary>
    static abstract Quad<T> LoadFour(ArrayView<H> from, int at);

    /// <inheritdoc cref="LoadFour"/>
    static abstract void StoreFour(ArrayView<H> to, int at, Quad<T> values);

    /// <summary>The same of eight, the first of which is at a multiple of eight.</summary>
    static abstract void StoreEight(ArrayView<H> to, int at, Pair<Quad<T>> values);

    /// <summary>The same four as words of two, the first in the lower half; nothing where they are not short.</summary>
    static abstract Pair<uint> Words(ArrayView<H> from, int at);
}

/// <summary>All of it.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Whole<T> : IStored<T, Whole<T>>
    where T : unmanaged
{
    private readonly T value;

    private Whole(T value) => this.value = value;

    public static bool IsShort => false;

    public static Whole<T> Of(T value) => new(value);

    public static T Value(Whole<T> stored) => stored.value;

    public static Quad<T> LoadFour(ArrayView<Whole<T>> from, int at) => from.Cast<Quad<T>>()[at >> 2];

    public static void StoreFour(ArrayView<Whole<T>> to, int at, Quad<T> values) => to.Cast<Quad<T>>()[at >> 2] = values;

    public static void StoreEight(ArrayView<Whole<T>> to, int at, Pair<Quad<T>> values)
    {
        StoreFour(to, at, values.X);
        StoreFour(to, at + 4, values.Y);
    }

    public static Pair<uint> Words(ArrayView<Whole<T>> from, int at) => default;
}

/// <summary>The upper half of 32 bits, to the nearest.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct BFloat16 : IStored<float, BFloat16>
{
    private readonly ushort bits;

    private BFloat16(ushort bits) => this.bits = bits;

    public static bool IsShort => true;

    public static BFloat16 Of(float value) => new((ushort)TensorCores.RoundBFloat16(value, 0));

    public static float Value(BFloat16 stored) => Interop.IntAsFloat((uint)stored.bits << 16);

    public static Quad<float> LoadFour(ArrayView<BFloat16> from, int at)
    {
        var words = Words(from, at);
        return new(Low(words.X), High(words.X), Low(words.Y), High(words.Y));
    }

    public static void StoreFour(ArrayView<BFloat16> to, int at, Quad<float> values) => to.Cast<Pair<uint>>()[at >> 2]
        = new(TensorCores.RoundBFloat16(values.X, values.Y), TensorCores.RoundBFloat16(values.Z, values.W));

    public static void StoreEight(ArrayView<BFloat16> to, int at, Pair<Quad<float>> values) => to.Cast<Quad<uint>>()[at >> 3] = new(
        TensorCores.RoundBFloat16(values.X.X, values.X.Y), TensorCores.RoundBFloat16(values.X.Z, values.X.W),
        TensorCores.RoundBFloat16(values.Y.X, values.Y.Y), TensorCores.RoundBFloat16(values.Y.Z, values.Y.W));

    public static Pair<uint> Words(ArrayView<BFloat16> from, int at) => from.Cast<Pair<uint>>()[at >> 2];

    private static float Low(uint word) => Interop.IntAsFloat(word << 16);

    private static float High(uint word) => Interop.IntAsFloat(word & 0xFFFF0000u);
}
