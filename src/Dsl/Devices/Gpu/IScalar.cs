using System.ComponentModel;
using MageDsl.Devices.Cpu;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// The operations of generated device code on one number: what <see cref="ISimd{T, V}"/> is for vectors, with conditions that are bool.
/// Passed as a struct type parameter, so that ILGPU compiles each kernel for one type.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IScalar<T>
    where T : unmanaged
{
    /// <summary>A number, rounded to T.</summary>
    static abstract T Create(double value);

    /// <summary>An integer, rounded to T.</summary>
    static abstract T Of(int value);

    /// <summary>The nearest integer.</summary>
    static abstract int ToInt(T value);

    /// <summary>a + b.</summary>
    static abstract T Add(T a, T b);

    /// <summary>a - b.</summary>
    static abstract T Sub(T a, T b);

    /// <summary>a - b; 0 where they are equal, be they infinite.</summary>
    static abstract T Difference(T a, T b);

    /// <summary>a * b.</summary>
    static abstract T Mul(T a, T b);

    /// <summary>a * b; 0 where b is, be a infinite or NaN.</summary>
    static abstract T Gate(T a, T b);

    /// <summary>a / b.</summary>
    static abstract T Div(T a, T b);

    /// <summary>a * b + c, rounded once or twice.</summary>
    static abstract T Fma(T a, T b, T c);

    /// <summary>The smaller, of equals the first; NaN if either is.</summary>
    static abstract T Min(T a, T b);

    /// <summary>The larger, of equals the first; NaN if either is.</summary>
    static abstract T Max(T a, T b);

    /// <summary>-a.</summary>
    static abstract T Neg(T a);

    /// <summary>|a|.</summary>
    static abstract T Abs(T a);

    /// <summary>Square root.</summary>
    static abstract T Sqrt(T a);

    /// <summary>1 / sqrt(a), to full precision.</summary>
    static abstract T Rsqrt(T a);

    /// <summary>Largest integer not above a.</summary>
    static abstract T Floor(T a);

    /// <summary>e to the a; 0 at -inf, +inf on overflow.</summary>
    static abstract T Exp(T a);

    /// <summary>Natural logarithm; -inf at 0, NaN below.</summary>
    static abstract T Log(T a);

    /// <summary>Error function.</summary>
    static abstract T Erf(T a);

    /// <summary>Hyperbolic tangent.</summary>
    static abstract T Tanh(T a);

    /// <summary>1 / (1 + e to the -a): 0 at -inf, 1 at +inf.</summary>
    static abstract T Sigmoid(T a);

    /// <summary>Sine.</summary>
    static abstract T Sin(T a);

    /// <summary>Cosine.</summary>
    static abstract T Cos(T a);

    /// <summary>a to the b.</summary>
    static abstract T Pow(T a, T b);

    /// <summary>The angle of the point (x, y).</summary>
    static abstract T Atan2(T y, T x);

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
