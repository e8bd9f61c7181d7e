using ILGPU.IR.Intrinsics;

namespace MageDsl.Devices.Gpu.Ilgpu;

/// <summary>
/// Reciprocals, for which cards have an instruction that is within 1 ulp. A division is ten, with a call for what is very large or small among them,
/// at which the elements of a thread wait for each other.
/// </summary>
internal static class Reciprocals
{
    /// <summary>1 / a, or zero where that is subnormal.</summary>
    [IntrinsicImplementation]
    [Instruction("rcp.approx.ftz.f32 %0, %1", OpenCl = "1.0f / %1")]
    public static float Of(float a) => 1 / a;
}
