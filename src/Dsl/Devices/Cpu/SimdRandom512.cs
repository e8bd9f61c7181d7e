using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MageDsl.Devices.Cpu;

/// <summary>Vectors of <see cref="Philox.Word"/>, as floats and doubles in [0, 1) of 24 bits.</summary>
/// <remarks>
/// The generator runs on 64-bit lanes. Only their low halves count, on the way in and between rounds; the 32 × 32 bit product ignores the
/// rest. A counter makes the numbers of an even position and of the one after it, so consecutive floats take half the work.
/// The rounds are written out: as a loop they took twice as long. <see cref="SimdRandom256"/> and <see cref="SimdRandom128"/> are made of this text.
/// </remarks>
internal static class SimdRandom512
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;
    private const float Unit = 1f / (1 << 24);
    private const ulong Low = uint.MaxValue;

    // The counters of 2^32 positions, which begin again where these do.
    public const ulong Counters = uint.MaxValue >> 1;

    [MethodImpl(Inline)]
    public static Vector512<float> Floats(uint key, uint stream, uint index, uint step)
    {
        if (step != 1)
            return Apart(key, stream, index, step);
        var counters = Vector512.Create((ulong)(index >> 1)) + Vector512<ulong>.Indices;
        Words(counters & Vector512.Create(Counters), stream, key, out var first, out var second);
        if ((index & 1) == 0)
            return Uniform(InTurns(first, second));
        counters += Vector512<ulong>.One;
        Words(counters & Vector512.Create(Counters), stream, key, out first, out _);
        return Uniform(InTurns(second, first));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector512<float> Apart(uint key, uint stream, uint index, uint step)
    {
        var positions = Vector512.Create(index) + Vector512<uint>.Indices * step;
        var counters = (positions >> 1).AsUInt64();
        Words(counters, stream, key, out var evenFirst, out var evenSecond);
        Words(counters >> 32, stream, key, out var oddFirst, out var oddSecond);
        var isFirst = Vector512.Equals(positions & Vector512<uint>.One, Vector512<uint>.Zero);
        return Uniform(Vector512.ConditionalSelect(isFirst, InTurns(evenFirst, oddFirst), InTurns(evenSecond, oddSecond)));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Vector512<double> Doubles(uint key, uint stream, uint index, uint step)
    {
        var positions = (Vector512.Create((ulong)index) + Vector512<ulong>.Indices * step) & Vector512.Create(Low);
        Words(positions >> 1, stream, key, out var first, out var second);
        var word = Vector512.ConditionalSelect(Vector512.Equals(positions & Vector512<ulong>.One, Vector512<ulong>.Zero), first, second);
        return Vector512.ConvertToDouble(((word & Vector512.Create(Low)) >> 8).AsInt64()) * Unit;
    }

    /// <summary>The low halves of one vector and those of another, in turns.</summary>
    [MethodImpl(Inline)]
    public static Vector512<uint> InTurns(Vector512<ulong> even, Vector512<ulong> odd)
        => Vector512.ConditionalSelect(Vector512.Create(Low), even, odd << 32).AsUInt32();

    [MethodImpl(Inline)]
    public static Vector512<float> Uniform(Vector512<uint> words) => Vector512.ConvertToSingle((words >> 8).AsInt32()) * Unit;

    [MethodImpl(Inline)]
    private static void Words(Vector512<ulong> counter, uint stream, uint key, out Vector512<ulong> first, out Vector512<ulong> second)
    {
        first = counter;
        second = Vector512.Create((ulong)stream);
        var keys = Vector512.Create((ulong)key);
        TwoRounds(ref first, ref second, ref keys);
        TwoRounds(ref first, ref second, ref keys);
        TwoRounds(ref first, ref second, ref keys);
        var product = Product(first);
        first = (product >> 32) ^ keys ^ second;
        second = product;
    }

    [MethodImpl(Inline)]
    private static void TwoRounds(ref Vector512<ulong> first, ref Vector512<ulong> second, ref Vector512<ulong> keys)
    {
        var product = Product(first);
        var next = Product((product >> 32) ^ keys ^ second);
        keys += Vector512.Create((ulong)Philox.Weyl);
        first = (next >> 32) ^ keys ^ product;
        second = next;
        keys += Vector512.Create((ulong)Philox.Weyl);
    }

    [MethodImpl(Inline)]
    public static Vector512<ulong> Product(Vector512<ulong> counter)
    {
        var multiplier = Vector512.Create((ulong)Philox.Multiplier);
        return Avx512F.Multiply(counter.AsUInt32(), multiplier.AsUInt32());
    }
}
