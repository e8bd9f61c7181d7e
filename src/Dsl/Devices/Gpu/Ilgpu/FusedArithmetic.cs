using ILGPU.IR.Intrinsics;

namespace MageDsl.Devices.Gpu.Ilgpu;

/// <summary>
/// Products and sums as one instruction, which ILGPU has no word for. What it prints as two the driver may fuse, but then orders by itself, and the
/// many sums of a product of matrices do not fit into registers any more. And of words all 64 bits, which it takes for a product of 64 bits each.
/// </summary>
internal static class FusedArithmetic
{
    /// <summary>a * b + c, rounded once.</summary>
    [IntrinsicImplementation]
    [Instruction("fma.rn.f32 %0, %1, %2, %3", OpenCl = "fma(%1, %2, %3)")]
    public static float MultiplyAdd(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);

    /// <inheritdoc cref="MultiplyAdd(float, float, float)"/>
    [IntrinsicImplementation]
    [Instruction("fma.rn.f64 %0, %1, %2, %3", OpenCl = "fma(%1, %2, %3)")]
    public static double MultiplyAdd(double a, double b, double c) => Math.FusedMultiplyAdd(a, b, c);

    /// <summary>All bits of a * b.</summary>
    [IntrinsicImplementation]
    [Instruction("mul.wide.u32 %0, %1, %2", OpenCl = "(ulong)(uint)%1 * (uint)%2")]
    public static ulong Multiply(uint a, uint b) => (ulong)a * b;
}

/// <summary>The same for <see cref="Philox"/>.</summary>
internal readonly struct CardProduct : IWideProduct
{
    public static ulong Of(uint a, uint b) => FusedArithmetic.Multiply(a, b);
}
