using System.ComponentModel;
using MageDsl.Devices.Cpu;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// The operations of generated device code on one number: what <see cref="ISimd{T, V}"/> is for vectors, with conditions that are bool.
/// Passed as a struct type parameter, so that ILGPU compiles each kernel for one type.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IScalar<T> : IArithmetic<T>
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

    /// <summary>a &lt; b.</summary>
    static abstract bool Less(T a, T b);

    /// <summary>a &lt;= b.</summary>
    static abstract bool LessEqual(T a, T b);

    /// <summary>a == b.</summary>
    static abstract bool Equal(T a, T b);

    /// <summary>Both.</summary>
    static abstract bool And(bool a, bool b);

    /// <summary>Either or both.</summary>
    static abstract bool Or(bool a, bool b);

    /// <summary>Not.</summary>
    static abstract bool Not(bool a);

    /// <summary>a if the condition holds, otherwise b.</summary>
    static abstract T Select(bool condition, T a, T b);

    /// <summary>a if the condition holds, otherwise b.</summary>
    static abstract bool Select(bool condition, bool a, bool b);

    /// <summary>
    /// A uniform number in [0, 1) of 24 bits: <see cref="Philox.Word"/> at position <paramref name="index"/> of <paramref name="stream"/> under
    /// the key <paramref name="seed"/>. The same for float and double, and on every device.
    /// </summary>
    static abstract T Random(uint seed, uint stream, uint index);
}
