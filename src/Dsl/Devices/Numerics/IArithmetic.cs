namespace MageDsl.Devices;

/// <summary>
/// The elementwise operations that generated code is written in, on a number or on every lane of a vector. Whatever runs the code, they mean
/// the same.
/// </summary>
public interface IArithmetic<V>
    where V : unmanaged
{
    /// <summary>A value, rounded.</summary>
    static abstract V Create(double value);

    /// <summary>a + b.</summary>
    static abstract V Add(V a, V b);

    /// <summary>a - b.</summary>
    static abstract V Sub(V a, V b);

    /// <summary>a - b; 0 where they are equal, be they infinite.</summary>
    static abstract V Difference(V a, V b);

    /// <summary>a * b.</summary>
    static abstract V Mul(V a, V b);

    /// <summary>a * b; 0 where b is, be a infinite or NaN.</summary>
    static abstract V Gate(V a, V b);

    /// <summary>a / b.</summary>
    static abstract V Div(V a, V b);

    /// <summary>a * b + c, rounded once where the machine can.</summary>
    static abstract V Fma(V a, V b, V c);

    /// <summary>The smaller, of equals the first; NaN if either is.</summary>
    static abstract V Min(V a, V b);

    /// <summary>The larger, of equals the first; NaN if either is.</summary>
    static abstract V Max(V a, V b);

    /// <summary>-a.</summary>
    static abstract V Neg(V a);

    /// <summary>|a|.</summary>
    static abstract V Abs(V a);

    /// <summary>Square root.</summary>
    static abstract V Sqrt(V a);

    /// <summary>1 / sqrt(a), to full precision.</summary>
    static abstract V Rsqrt(V a);

    /// <summary>Largest integer not above a.</summary>
    static abstract V Floor(V a);

    /// <summary>e to the a; 0 at -inf, +inf on overflow.</summary>
    static abstract V Exp(V a);

    /// <summary>Natural logarithm; -inf at 0, NaN below.</summary>
    static abstract V Log(V a);

    /// <summary>Error function.</summary>
    static abstract V Erf(V a);

    /// <summary>Hyperbolic tangent.</summary>
    static abstract V Tanh(V a);

    /// <summary>1 / (1 + e to the -a): 0 at -inf, 1 at +inf.</summary>
    static abstract V Sigmoid(V a);

    /// <summary>Sine.</summary>
    static abstract V Sin(V a);

    /// <summary>Cosine.</summary>
    static abstract V Cos(V a);

    /// <summary>a to the b.</summary>
    static abstract V Pow(V a, V b);

    /// <summary>The angle of the point (x, y).</summary>
    static abstract V Atan2(V y, V x);
}
