using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MageDsl.Devices.Cpu;

/// <summary>What <see cref="SimdRandom512"/> is, in vectors of 256 bits.</summary>
[HalfWidthOf(typeof(SimdRandom512))]
internal static partial class SimdRandom256
{
    [MethodImpl(Inline)]
    public static Vector256<ulong> Product(Vector256<ulong> counter)
    {
        var multiplier = Vector256.Create((ulong)Philox.Multiplier);
        return Avx2.Multiply(counter.AsUInt32(), multiplier.AsUInt32());
    }
}
