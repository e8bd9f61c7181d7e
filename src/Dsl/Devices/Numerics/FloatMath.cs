using System.Runtime.CompilerServices;

namespace MageDsl.Devices;

/// <summary>
/// Functions of floats that training spends its time in, written once for vectors of every width and for one number.
/// The rational and polynomial approximations are minimax fits in relative error, made for this file.
/// </summary>
internal static class FloatMath
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    /// <summary>e^x = 2^n e^r with |r| at most half of ln 2; within 2 ulp.</summary>
    [MethodImpl(Inline)]
    public static V Exp<S, V>(V x)
        where S : struct, IArithmetic<V>, INumberParts<V> where V : unmanaged
    {
        // Below -104 the result rounds to zero and above 89 it overflows; within, n stays where Scale takes it. NaN passes.
        x = S.Clamp(x, S.Create(-104.0), S.Create(89.0));
        var n = S.Round(S.Mul(x, S.Create(1.4426950408889634)));

        // ln 2 in two parts, the first short enough for n times it to be exact.
        var r = S.Fma(n, S.Create(-0.693359375), x);
        r = S.Fma(n, S.Create(2.1219444005469057e-4), r);

        var p = S.Create(0.00139013007188);
        p = S.Fma(p, r, S.Create(0.00836320004356));
        p = S.Fma(p, r, S.Create(0.0416668542035));
        p = S.Fma(p, r, S.Create(0.166665769623));
        p = S.Fma(p, r, S.Create(0.4999999955));
        p = S.Fma(p, r, S.Create(1.0));
        p = S.Fma(p, r, S.Create(1.0));
        return S.Scale(p, n);
    }

    /// <summary>x P(x²) / Q(x²), whose coefficients are all positive, so that nothing cancels; within 4e-7 of the value everywhere.</summary>
    [MethodImpl(Inline)]
    public static V Erf<S, V>(V x)
        where S : struct, IArithmetic<V>, INumberParts<V> where V : unmanaged
    {
        // Beyond 3.93 the nearest float is one.
        x = S.Clamp(x, S.Create(-3.93), S.Create(3.93));
        var s = S.Mul(x, x);

        var p = S.Create(2.04191065692e-6);
        p = S.Fma(p, s, S.Create(2.84785807477e-4));
        p = S.Fma(p, s, S.Create(3.77906668806e-3));
        p = S.Fma(p, s, S.Create(0.0527885320669));
        p = S.Fma(p, s, S.Create(0.190772654816));
        p = S.Fma(p, s, S.Create(1.12837914542));

        var q = S.Create(3.80022752752e-5);
        q = S.Fma(q, s, S.Create(1.16506235466e-3));
        q = S.Fma(q, s, S.Create(0.0149963429073));
        q = S.Fma(q, s, S.Create(0.114252656742));
        q = S.Fma(q, s, S.Create(0.502400585105));
        q = S.Fma(q, s, S.Create(1.0));
        return WithinOne<S, V>(S.Quotient(S.Mul(x, p), q));
    }

    /// <summary>x P(x²) / Q(x²), as <see cref="Erf"/>.</summary>
    [MethodImpl(Inline)]
    public static V Tanh<S, V>(V x)
        where S : struct, IArithmetic<V>, INumberParts<V> where V : unmanaged
    {
        // Beyond 9.02 the nearest float is one.
        x = S.Clamp(x, S.Create(-9.02), S.Create(9.02));
        var s = S.Mul(x, x);

        var p = S.Create(1.3319081553e-8);
        p = S.Fma(p, s, S.Create(2.05835869507e-5));
        p = S.Fma(p, s, S.Create(3.49404570456e-3));
        p = S.Fma(p, s, S.Create(0.133797290261));
        p = S.Fma(p, s, S.Create(0.999999978918));

        var q = S.Create(7.76205183164e-7);
        q = S.Fma(q, s, S.Create(3.28310765182e-4));
        q = S.Fma(q, s, S.Create(0.0258711208301));
        q = S.Fma(q, s, S.Create(0.467130443247));
        q = S.Fma(q, s, S.Create(1.0));
        return WithinOne<S, V>(S.Quotient(S.Mul(x, p), q));
    }

    // A rounding error must not carry a bounded function over its bound.
    [MethodImpl(Inline)]
    private static V WithinOne<S, V>(V y)
        where S : struct, IArithmetic<V>, INumberParts<V> where V : unmanaged
        => S.Clamp(y, S.Create(-1.0), S.Create(1.0));
}
