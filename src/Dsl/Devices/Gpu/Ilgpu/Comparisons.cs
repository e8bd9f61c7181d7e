using ILGPU.IR.Intrinsics;

namespace MageDsl.Devices.Gpu.Ilgpu;

/// <summary>
/// Comparisons as instructions of their own. Those of C# ILGPU turns around, for branches and where the left side is a constant, and NaN is
/// lost on the way: its OpenCL C has no word for "not less", and what it turns for a constant it takes to hold for NaN, on every device. Device
/// code compares with these wherever NaN can be.
/// </summary>
internal static class Comparisons
{
    /// <summary>a &lt; b.</summary>
    [IntrinsicImplementation]
    [Instruction("setp.lt.f32 %0, %1, %2", OpenCl = "%1 < %2")]
    public static bool IsLess(float a, float b) => a < b;

    /// <inheritdoc cref="IsLess(float, float)"/>
    [IntrinsicImplementation]
    [Instruction("setp.lt.f64 %0, %1, %2", OpenCl = "%1 < %2")]
    public static bool IsLess(double a, double b) => a < b;

    /// <summary>a &lt;= b.</summary>
    [IntrinsicImplementation]
    [Instruction("setp.le.f32 %0, %1, %2", OpenCl = "%1 <= %2")]
    public static bool IsAtMost(float a, float b) => a <= b;

    /// <inheritdoc cref="IsAtMost(float, float)"/>
    [IntrinsicImplementation]
    [Instruction("setp.le.f64 %0, %1, %2", OpenCl = "%1 <= %2")]
    public static bool IsAtMost(double a, double b) => a <= b;
}
