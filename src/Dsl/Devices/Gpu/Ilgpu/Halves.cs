using ILGPU.IR.Intrinsics;

namespace MageDsl.Devices.Gpu.Ilgpu;

/// <summary>Words made of the halves of others, which is one instruction.</summary>
internal static class Halves
{
    /// <summary>The lower halves, the first one below.</summary>
    [IntrinsicImplementation]
    [Instruction("prmt.b32 %0, %1, %2, 0x5410")]
    public static uint Lower(uint first, uint second) => (first & 0xFFFFu) | (second << 16);

    /// <summary>The upper halves, the first one below.</summary>
    [IntrinsicImplementation]
    [Instruction("prmt.b32 %0, %1, %2, 0x7632")]
    public static uint Upper(uint first, uint second) => (first >> 16) | (second & 0xFFFF0000u);
}
