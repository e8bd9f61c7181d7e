using System.ComponentModel;

namespace MageDsl.Devices.Gpu;

/// <summary>The operations of generated device code on one number, with conditions that are bool.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IScalar<T> : ILanes<T, T, bool>
    where T : unmanaged
{
    /// <summary>An integer, rounded to T.</summary>
    static abstract T Of(int value);

    /// <summary>The nearest integer.</summary>
    static abstract int ToInt(T value);

    /// <summary>A number of 32 bits.</summary>
    static abstract T FromSingle(float value);

    /// <summary>Rounded to 32 bits.</summary>
    static abstract float ToSingle(T value);

    /// <summary>a * b + c, rounded once, and in the order in which it is written.</summary>
    static abstract T MultiplyAdd(T a, T b, T c);

    /// <summary>A uniform number in [0, 1): the upper 24 bits of a random word.</summary>
    static abstract T Fraction(uint word);

    /// <summary>Which words have a <see cref="Fraction"/> below a number.</summary>
    static abstract RandomLimit Limit(T number);
}
