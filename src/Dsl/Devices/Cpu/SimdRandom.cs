using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MageDsl.Devices.Cpu;

/// <summary>Vectors of <see cref="Philox.Word"/>, as floats and doubles in [0, 1) of 24 bits.</summary>
/// <remarks>
/// The generator runs on 64-bit lanes. Only their low halves count, on the way in and between rounds; the 32 × 32 bit product ignores the
/// rest. A counter makes the numbers of an even position and of the one after it, so consecutive floats take half the work.
/// The rounds are written out: as a loop they took twice as long.
/// </remarks>
internal static class SimdRandom
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;
    private const float Unit = 1f / (1 << 24);
    private const ulong Low = uint.MaxValue;

    // The counters of 2^32 positions, which begin again where these do.
    public const ulong Counters = uint.MaxValue >> 1;

    [MethodImpl(Inline)]
    public static Vector512<float> Floats512(uint key, uint stream, uint index, uint step)
    {
        if (step != 1)
            return Apart512(key, stream, index, step);
        var counters = Vector512.Create((ulong)(index >> 1)) + Vector512<ulong>.Indices;
        Words(counters & Vector512.Create(Counters), stream, key, out var first, out var second);
        if ((index & 1) == 0)
            return Uniform(InTurns(first, second));
        counters += Vector512<ulong>.One;
        Words(counters & Vector512.Create(Counters), stream, key, out first, out _);
        return Uniform(InTurns(second, first));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector512<float> Apart512(uint key, uint stream, uint index, uint step)
    {
        var positions = Vector512.Create(index) + Vector512<uint>.Indices * step;
        var counters = (positions >> 1).AsUInt64();
        Words(counters, stream, key, out var evenFirst, out var evenSecond);
        Words(counters >> 32, stream, key, out var oddFirst, out var oddSecond);
        var isFirst = Vector512.Equals(positions & Vector512<uint>.One, Vector512<uint>.Zero);
        return Uniform(Vector512.ConditionalSelect(isFirst, InTurns(evenFirst, oddFirst), InTurns(evenSecond, oddSecond)));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Vector512<double> Doubles512(uint key, uint stream, uint index, uint step)
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
        TwoRounds(ref first, ref second, ref keys);
        TwoRounds(ref first, ref second, ref keys);
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

    [MethodImpl(Inline)]
    public static Vector256<float> Floats256(uint key, uint stream, uint index, uint step)
    {
        if (step != 1)
            return Apart256(key, stream, index, step);
        var counters = Vector256.Create((ulong)(index >> 1)) + Vector256<ulong>.Indices;
        Words(counters & Vector256.Create(Counters), stream, key, out var first, out var second);
        if ((index & 1) == 0)
            return Uniform(InTurns(first, second));
        counters += Vector256<ulong>.One;
        Words(counters & Vector256.Create(Counters), stream, key, out first, out _);
        return Uniform(InTurns(second, first));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector256<float> Apart256(uint key, uint stream, uint index, uint step)
    {
        var positions = Vector256.Create(index) + Vector256<uint>.Indices * step;
        var counters = (positions >> 1).AsUInt64();
        Words(counters, stream, key, out var evenFirst, out var evenSecond);
        Words(counters >> 32, stream, key, out var oddFirst, out var oddSecond);
        var isFirst = Vector256.Equals(positions & Vector256<uint>.One, Vector256<uint>.Zero);
        return Uniform(Vector256.ConditionalSelect(isFirst, InTurns(evenFirst, oddFirst), InTurns(evenSecond, oddSecond)));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Vector256<double> Doubles256(uint key, uint stream, uint index, uint step)
    {
        var positions = (Vector256.Create((ulong)index) + Vector256<ulong>.Indices * step) & Vector256.Create(Low);
        Words(positions >> 1, stream, key, out var first, out var second);
        var word = Vector256.ConditionalSelect(Vector256.Equals(positions & Vector256<ulong>.One, Vector256<ulong>.Zero), first, second);
        return Vector256.ConvertToDouble(((word & Vector256.Create(Low)) >> 8).AsInt64()) * Unit;
    }

    /// <summary>The low halves of one vector and those of another, in turns.</summary>
    [MethodImpl(Inline)]
    private static Vector256<uint> InTurns(Vector256<ulong> even, Vector256<ulong> odd)
        => Vector256.ConditionalSelect(Vector256.Create(Low), even, odd << 32).AsUInt32();

    [MethodImpl(Inline)]
    private static Vector256<float> Uniform(Vector256<uint> words) => Vector256.ConvertToSingle((words >> 8).AsInt32()) * Unit;

    [MethodImpl(Inline)]
    private static void Words(Vector256<ulong> counter, uint stream, uint key, out Vector256<ulong> first, out Vector256<ulong> second)
    {
        first = counter;
        second = Vector256.Create((ulong)stream);
        var keys = Vector256.Create((ulong)key);
        TwoRounds(ref first, ref second, ref keys);
        TwoRounds(ref first, ref second, ref keys);
        TwoRounds(ref first, ref second, ref keys);
        TwoRounds(ref first, ref second, ref keys);
        TwoRounds(ref first, ref second, ref keys);
    }

    [MethodImpl(Inline)]
    private static void TwoRounds(ref Vector256<ulong> first, ref Vector256<ulong> second, ref Vector256<ulong> keys)
    {
        var product = Product(first);
        var next = Product((product >> 32) ^ keys ^ second);
        keys += Vector256.Create((ulong)Philox.Weyl);
        first = (next >> 32) ^ keys ^ product;
        second = next;
        keys += Vector256.Create((ulong)Philox.Weyl);
    }

    [MethodImpl(Inline)]
    private static Vector256<ulong> Product(Vector256<ulong> counter)
    {
        var multiplier = Vector256.Create((ulong)Philox.Multiplier);
        return Avx2.Multiply(counter.AsUInt32(), multiplier.AsUInt32());
    }

    [MethodImpl(Inline)]
    public static Vector128<float> Floats128(uint key, uint stream, uint index, uint step)
    {
        if (step != 1)
            return Apart128(key, stream, index, step);
        var counters = Vector128.Create((ulong)(index >> 1)) + Vector128<ulong>.Indices;
        Words(counters & Vector128.Create(Counters), stream, key, out var first, out var second);
        if ((index & 1) == 0)
            return Uniform(InTurns(first, second));
        counters += Vector128<ulong>.One;
        Words(counters & Vector128.Create(Counters), stream, key, out first, out _);
        return Uniform(InTurns(second, first));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector128<float> Apart128(uint key, uint stream, uint index, uint step)
    {
        var positions = Vector128.Create(index) + Vector128<uint>.Indices * step;
        var counters = (positions >> 1).AsUInt64();
        Words(counters, stream, key, out var evenFirst, out var evenSecond);
        Words(counters >> 32, stream, key, out var oddFirst, out var oddSecond);
        var isFirst = Vector128.Equals(positions & Vector128<uint>.One, Vector128<uint>.Zero);
        return Uniform(Vector128.ConditionalSelect(isFirst, InTurns(evenFirst, oddFirst), InTurns(evenSecond, oddSecond)));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Vector128<double> Doubles128(uint key, uint stream, uint index, uint step)
    {
        var positions = (Vector128.Create((ulong)index) + Vector128<ulong>.Indices * step) & Vector128.Create(Low);
        Words(positions >> 1, stream, key, out var first, out var second);
        var word = Vector128.ConditionalSelect(Vector128.Equals(positions & Vector128<ulong>.One, Vector128<ulong>.Zero), first, second);
        return Vector128.ConvertToDouble(((word & Vector128.Create(Low)) >> 8).AsInt64()) * Unit;
    }

    /// <summary>The low halves of one vector and those of another, in turns.</summary>
    [MethodImpl(Inline)]
    private static Vector128<uint> InTurns(Vector128<ulong> even, Vector128<ulong> odd)
        => Vector128.ConditionalSelect(Vector128.Create(Low), even, odd << 32).AsUInt32();

    [MethodImpl(Inline)]
    private static Vector128<float> Uniform(Vector128<uint> words) => Vector128.ConvertToSingle((words >> 8).AsInt32()) * Unit;

    [MethodImpl(Inline)]
    private static void Words(Vector128<ulong> counter, uint stream, uint key, out Vector128<ulong> first, out Vector128<ulong> second)
    {
        first = counter;
        second = Vector128.Create((ulong)stream);
        var keys = Vector128.Create((ulong)key);
        TwoRounds(ref first, ref second, ref keys);
        TwoRounds(ref first, ref second, ref keys);
        TwoRounds(ref first, ref second, ref keys);
        TwoRounds(ref first, ref second, ref keys);
        TwoRounds(ref first, ref second, ref keys);
    }

    [MethodImpl(Inline)]
    private static void TwoRounds(ref Vector128<ulong> first, ref Vector128<ulong> second, ref Vector128<ulong> keys)
    {
        var product = Product(first);
        var next = Product((product >> 32) ^ keys ^ second);
        keys += Vector128.Create((ulong)Philox.Weyl);
        first = (next >> 32) ^ keys ^ product;
        second = next;
        keys += Vector128.Create((ulong)Philox.Weyl);
    }

    [MethodImpl(Inline)]
    private static Vector128<ulong> Product(Vector128<ulong> counter)
    {
        var multiplier = Vector128.Create((ulong)Philox.Multiplier);
        return Sse2.IsSupported
            ? Sse2.Multiply(counter.AsUInt32(), multiplier.AsUInt32())
            : (counter & Vector128.Create(Low)) * multiplier;
    }
}
