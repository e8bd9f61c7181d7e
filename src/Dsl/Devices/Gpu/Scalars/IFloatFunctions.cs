using System.ComponentModel;
using ILGPU;
using MageDsl.Devices.Gpu.Ilgpu;

#pragma warning disable CS1591 // the members are documented on IFloatFunctions

namespace MageDsl.Devices.Gpu;

/// <summary>Functions of floats that activations are made of, as exact as what becomes of them.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IFloatFunctions
{
    /// <summary>e^a.</summary>
    static abstract float Exp(float a);

    /// <summary>The error function.</summary>
    static abstract float Erf(float a);

    /// <summary>1 / (1 + e^-a).</summary>
    static abstract float Sigmoid(float a);
}

/// <summary>Within a few ulp.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct FullFunctions : IFloatFunctions
{
    public static float Exp(float a) => FloatFunctions.Exp(a);

    public static float Erf(float a) => FloatMath.Erf<Floats<FullFunctions>, float>(a);

    public static float Sigmoid(float a) => 1 / (1 + Exp(-a));
}

/// <summary>
/// For kernels whose activations are rounded to bfloat16, to a 256th: far more exact than that, and half as many instructions.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct ShortFunctions : IFloatFunctions
{
    /// <summary>2 to the power of a's multiple, whose rounding is all that is lost: within 1e-6 of the value where that is above e^-15.</summary>
    public static float Exp(float a) => Exponentials.Exp2(a * 1.44269504f);

    /// <summary>
    /// What is missing to one is 2 to the power of -|a| Q(|a|). Q is a minimax fit, made for this file: within 1e-5 of the value, as far as one minus
    /// a number near one has so many digits, and up to 3 what is missing is within 1e-3 of itself. Q grows, so nothing has to be cut off.
    /// </summary>
    public static float Erf(float a)
    {
        var size = MathF.Abs(a);
        var q = FusedArithmetic.MultiplyAdd(size, 0.00260610688f, -0.0284567126f);
        q = FusedArithmetic.MultiplyAdd(size, q, 0.147659637f);
        q = FusedArithmetic.MultiplyAdd(size, q, 0.918726016f);
        q = FusedArithmetic.MultiplyAdd(size, q, 1.62789455f);
        var erf = 1 - Exponentials.Exp2(-size * q);
        return Interop.IntAsFloat(Interop.FloatAsInt(erf) | (Interop.FloatAsInt(a) & 0x80000000u));
    }

    public static float Sigmoid(float a) => Reciprocals.Of(1 + Exp(-a));
}
