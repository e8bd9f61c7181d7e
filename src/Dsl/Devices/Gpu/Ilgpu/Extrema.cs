using ILGPU.IR.Intrinsics;

namespace MageDsl.Devices.Gpu.Ilgpu;

/// <summary>
/// The larger and the smaller of two, NaN if either is: one instruction from compute capability 8.0 on (<see cref="PtxText"/> spells it out for
/// others), where a comparison, a test for NaN and a choice are four. What ILGPU has instead loses NaN.
/// </summary>
internal static class Extrema
{
    /// <summary>The larger.</summary>
    [IntrinsicImplementation]
    [Instruction("max.NaN.f32 %0, %1, %2", OpenCl = "(%1 < %2 || %2 != %2 ? %2 : %1)")]
    public static float Max(float a, float b) => a < b || float.IsNaN(b) ? b : a;

    /// <summary>The smaller.</summary>
    [IntrinsicImplementation]
    [Instruction("min.NaN.f32 %0, %1, %2", OpenCl = "(%2 < %1 || %2 != %2 ? %2 : %1)")]
    public static float Min(float a, float b) => b < a || float.IsNaN(b) ? b : a;
}
