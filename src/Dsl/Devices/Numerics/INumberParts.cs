namespace MageDsl.Devices;

/// <summary>
/// What <see cref="FloatMath"/> and <see cref="DoubleMath"/> need of a number, or of a vector, beyond <see cref="IArithmetic{V}"/>.
/// </summary>
internal interface INumberParts<V>
    where V : unmanaged
{
    /// <summary>Nearest integer, ties to even.</summary>
    static abstract V Round(V a);

    /// <summary>a between two bounds that are not NaN; NaN where a is.</summary>
    static abstract V Clamp(V a, V least, V most);

    /// <summary>a * 2^n for integral n in [-252, 254], rounded once; float only.</summary>
    static abstract V Scale(V a, V n);

    /// <summary>a / b within 2 ulp, for b from 1 to 1e30.</summary>
    static abstract V Quotient(V a, V b);

    /// <summary>yes where a &lt; b, no elsewhere.</summary>
    static abstract V SelectLess(V a, V b, V yes, V no);

    /// <summary>Whether a &lt; b in any lane.</summary>
    static abstract bool IsAnyLess(V a, V b);

    /// <summary>|magnitude| with the sign of <paramref name="sign"/>.</summary>
    static abstract V CopySign(V magnitude, V sign);
}
