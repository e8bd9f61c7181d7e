using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MageDsl.Devices.Cpu;

/// <summary>What <see cref="SimdRandom512"/> is, in vectors of 128 bits.</summary>
[HalfWidthOf(typeof(SimdRandom256))]
internal static partial class SimdRandom128
{
    [MethodImpl(Inline)]
    public static Vector128<ulong> Product(Vector128<ulong> counter)
    {
        var multiplier = Vector128.Create((ulong)Philox.Multiplier);
        return Sse2.IsSupported
            ? Sse2.Multiply(counter.AsUInt32(), multiplier.AsUInt32())
            : (counter & Vector128.Create(Low)) * multiplier;
    }
}
