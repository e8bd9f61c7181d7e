using System.Runtime.CompilerServices;

namespace MageDsl.Devices;

/// <summary>Functions of doubles, vectors of them or one, for checking rather than for speed: convergent expansions, to 1e-14 of the value.</summary>
internal static class DoubleMath
{
    /// <summary>
    /// erf x = 2/sqrt(pi) exp(-x²) (x + 2x³/3 + 4x⁵/15 + ...): the terms are all of one sign, so the sum keeps its accuracy.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static V Erf<S, V>(V x)
        where S : struct, IArithmetic<V>, INumberParts<V> where V : unmanaged
    {
        // Beyond 6 the nearest double is one.
        var a = S.Min(S.Abs(x), S.Create(6.0));
        var square = S.Mul(a, a);
        var rest = S.Fma(a, a, S.Neg(square));
        var twice = S.Add(square, square);

        var term = a;
        var sum = a;
        // Terms grow while 2n + 1 < 2x², then shrink ever faster; stop where none changes its sum any more.
        for (var n = 1; n < 200; n++)
        {
            term = S.Div(S.Mul(term, twice), S.Create(2.0 * n + 1.0));
            sum = S.Add(sum, term);
            if (!S.IsAnyLess(S.Mul(sum, S.Create(1e-17)), term))
                break;
        }

        // exp(-x²) with the rounding error of the square put right.
        var gauss = S.Exp(S.Neg(square));
        gauss = S.Fma(gauss, S.Neg(rest), gauss);
        var y = S.Mul(S.Mul(S.Create(1.1283791670955126), gauss), sum);
        return S.CopySign(S.Min(y, S.Create(1.0)), x);
    }

    /// <summary>Lambert's continued fraction x/(1 + x²/(3 + x²/(5 + ...))) below one, 1 - 2/(e^2x + 1) above.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static V Tanh<S, V>(V x)
        where S : struct, IArithmetic<V>, INumberParts<V> where V : unmanaged
    {
        var a = S.Abs(x);
        var one = S.Create(1.0);
        var small = S.Min(a, one);
        var square = S.Mul(small, small);
        var fraction = S.Create(21.0);
        for (var odd = 19.0; odd >= 1.0; odd -= 2.0)
            fraction = S.Add(S.Create(odd), S.Div(square, fraction));
        var series = S.Div(small, fraction);

        var grown = S.Add(S.Exp(S.Add(a, a)), one);
        var bounded = S.Sub(one, S.Div(S.Create(2.0), grown));
        return S.CopySign(S.SelectLess(a, one, series, bounded), x);
    }
}
