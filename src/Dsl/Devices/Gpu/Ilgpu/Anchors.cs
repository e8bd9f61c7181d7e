using ILGPU.IR.Intrinsics;

namespace MageDsl.Devices.Gpu.Ilgpu;

/// <summary>
/// Values that are computed where it says so. What a loop needs and does not change, ILGPU moves into it, and the driver's compiler then computes it
/// anew each time around; across a call it moves nothing.
/// </summary>
internal static class Anchors
{
    /// <summary>The number itself.</summary>
    [IntrinsicImplementation]
    [Instruction("mov.b32 %0, %1")]
    public static int Here(int value) => value;
}
