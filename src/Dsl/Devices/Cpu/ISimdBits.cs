namespace MageDsl.Devices.Cpu;

/// <summary>What <see cref="SimdMath"/> needs of a vector beyond <see cref="ISimd{T, V}"/>.</summary>
internal interface ISimdBits<V>
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

    /// <summary>|magnitude| with the sign of <paramref name="sign"/>.</summary>
    static abstract V CopySign(V magnitude, V sign);
}
