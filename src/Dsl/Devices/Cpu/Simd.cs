using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MageDsl.Devices.Cpu;

/// <summary>
/// The vector width that kernels run at: <see cref="Simd512{T}"/>, <see cref="Simd256{T}"/> or <see cref="Simd128{T}"/>.
/// The widest that the machine is fast at, unless the environment variable MAGEDSL_SIMD forces 512, 256 or 128.
/// </summary>
public static class Simd
{
    // Chosen at the first use rather than in a static initializer, so that a bad setting is reported as itself.
    private static int width;

    /// <summary>Bits in a vector: 512, 256 or 128.</summary>
    /// <exception cref="PlatformNotSupportedException">MAGEDSL_SIMD is malformed or asks for a width that this machine does not have.</exception>
    public static int Width
    {
        get => width != 0 ? width : width = Choose(Environment.GetEnvironmentVariable("MAGEDSL_SIMD"));
        internal set => width = Checked(value, value.ToString());
    }

    /// <summary>True if kernels can run at this width here. 128 always can: without hardware for it the runtime emulates it.</summary>
    public static bool IsSupported(int bits) => bits switch
    {
        512 => Avx512F.IsSupported && Avx512DQ.IsSupported && Vector512.IsHardwareAccelerated,
        256 => Avx2.IsSupported && Fma.IsSupported,
        128 => true,
        _ => false,
    };

    /// <summary>The width that a value of MAGEDSL_SIMD asks for.</summary>
    internal static int Choose(string? forced)
    {
        if (string.IsNullOrWhiteSpace(forced))
            return IsSupported(512) ? 512 : IsSupported(256) ? 256 : 128;
        if (!int.TryParse(forced.Trim(), out var bits) || bits is not (512 or 256 or 128))
            throw new PlatformNotSupportedException($"MAGEDSL_SIMD is '{forced}'; it must be 512, 256 or 128, or not set.");
        return Checked(bits, $"MAGEDSL_SIMD={forced}");
    }

    private static int Checked(int bits, string wanted) => IsSupported(bits)
        ? bits
        : throw new PlatformNotSupportedException(
            $"Vector width {wanted} is not supported here; available: {string.Join(", ", new[] { 512, 256, 128 }.Where(IsSupported))}.");
}
