using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MageDsl.Devices.Cpu;

/// <summary>Philox2x32-10 on 64-bit lanes: the first word of <see cref="Philox.Draw"/> for each counter.</summary>
/// <remarks>
/// Only the low halves of the lanes count, on the way in and between rounds; the 32 × 32 bit product ignores the rest,
/// and the result is cut to 32 bits at the end.
/// </remarks>
internal static class SimdRandom
{
    private const ulong Low = uint.MaxValue;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Words(Vector512<ulong> counter, uint stream, uint key)
    {
        var second = Vector512.Create((ulong)stream);
        var multiplier = Vector512.Create((ulong)Philox.Multiplier);
        var keys = Vector512.Create((ulong)key);
        for (var round = 0; round < Philox.Rounds; round++)
        {
            var product = Avx512F.Multiply(counter.AsUInt32(), multiplier.AsUInt32());
            counter = (product >> 32) ^ keys ^ second;
            second = product;
            keys += Vector512.Create((ulong)Philox.Weyl);
        }
        return counter & Vector512.Create(Low);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Words(Vector256<ulong> counter, uint stream, uint key)
    {
        var second = Vector256.Create((ulong)stream);
        var multiplier = Vector256.Create((ulong)Philox.Multiplier);
        var keys = Vector256.Create((ulong)key);
        for (var round = 0; round < Philox.Rounds; round++)
        {
            var product = Avx2.Multiply(counter.AsUInt32(), multiplier.AsUInt32());
            counter = (product >> 32) ^ keys ^ second;
            second = product;
            keys += Vector256.Create((ulong)Philox.Weyl);
        }
        return counter & Vector256.Create(Low);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> Words(Vector128<ulong> counter, uint stream, uint key)
    {
        var second = Vector128.Create((ulong)stream);
        var multiplier = Vector128.Create((ulong)Philox.Multiplier);
        var keys = Vector128.Create((ulong)key);
        for (var round = 0; round < Philox.Rounds; round++)
        {
            var product = Sse2.IsSupported
                ? Sse2.Multiply(counter.AsUInt32(), multiplier.AsUInt32())
                : (counter & Vector128.Create(Low)) * multiplier;
            counter = (product >> 32) ^ keys ^ second;
            second = product;
            keys += Vector128.Create((ulong)Philox.Weyl);
        }
        return counter & Vector128.Create(Low);
    }
}
