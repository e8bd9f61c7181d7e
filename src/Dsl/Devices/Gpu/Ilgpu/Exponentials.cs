using ILGPU.IR.Intrinsics;

namespace MageDsl.Devices.Gpu.Ilgpu;

/// <summary>Powers of two, for which cards have an instruction that is within 2 ulp.</summary>
internal static class Exponentials
{
    /// <summary>2^a, or zero where that is subnormal.</summary>
    [IntrinsicImplementation]
    [Instruction("ex2.approx.ftz.f32 %0, %1", OpenCl = "exp2(%1)")]
    public static float Exp2(float a) => MathF.Pow(2, a);
}
