using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MageDsl.Devices.Cpu;

/// <summary>
/// Runs of the numbers of <see cref="SimdRandom512"/>. The rounds of one vector wait for each other; four vectors that are made together keep the
/// processor busy, which does not look far enough ahead to find the second by itself.
/// </summary>
internal static unsafe class SimdRandoms<T, S, V>
    where T : unmanaged
    where S : struct, ISimd<T, V>
    where V : unmanaged
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;
    private const int Together = 64;

    /// <inheritdoc cref="ISimd{T, V}.RandomMemory"/>
    public static T* Memory(int number, nint count) => (T*)WorkerScratch.Current.RentRandoms(number, (nuint)((count + Together) * sizeof(T)));

    /// <inheritdoc cref="ISimd{T, V}.Randoms"/>
    [MethodImpl(Inline)]
    public static T* Make(T* to, uint seed, uint stream, uint index, nint count)
    {
        // A counter makes two numbers, of an even position and of the next.
        var before = (nint)(index & 1);
        index -= (uint)before;
        count += before;
        nint done = 0;
        if (typeof(T) == typeof(float) && typeof(V) == typeof(Vector512<float>))
        {
            for (; done + Together <= count; done += Together)
                Four((float*)to + done, seed, stream, unchecked(index + (uint)done));
        }
        for (; done < count; done += S.Width)
            S.Store(to + done, S.Random(seed, stream, unchecked(index + (uint)done), 1));
        return to + before;
    }

    /// <summary>64 numbers from an even position on.</summary>
    [MethodImpl(Inline)]
    private static void Four(float* to, uint key, uint stream, uint index)
    {
        var counters = Vector512.Create((ulong)(index >> 1)) + Vector512<ulong>.Indices;
        var all = Vector512.Create((ulong)SimdRandom512.Counters);
        var (a, b) = (counters & all, (counters + Vector512.Create(8ul)) & all);
        var (c, d) = ((counters + Vector512.Create(16ul)) & all, (counters + Vector512.Create(24ul)) & all);
        var second = Vector512.Create((ulong)stream);
        var (a2, b2, c2, d2) = (second, second, second, second);
        Round(ref a, ref a2, ref b, ref b2, ref c, ref c2, ref d, ref d2, key, 0);
        Round(ref a, ref a2, ref b, ref b2, ref c, ref c2, ref d, ref d2, key, 1);
        Round(ref a, ref a2, ref b, ref b2, ref c, ref c2, ref d, ref d2, key, 2);
        Round(ref a, ref a2, ref b, ref b2, ref c, ref c2, ref d, ref d2, key, 3);
        Round(ref a, ref a2, ref b, ref b2, ref c, ref c2, ref d, ref d2, key, 4);
        Round(ref a, ref a2, ref b, ref b2, ref c, ref c2, ref d, ref d2, key, 5);
        Round(ref a, ref a2, ref b, ref b2, ref c, ref c2, ref d, ref d2, key, 6);
        SimdRandom512.Uniform(SimdRandom512.InTurns(a, a2)).Store(to);
        SimdRandom512.Uniform(SimdRandom512.InTurns(b, b2)).Store(to + 16);
        SimdRandom512.Uniform(SimdRandom512.InTurns(c, c2)).Store(to + 32);
        SimdRandom512.Uniform(SimdRandom512.InTurns(d, d2)).Store(to + 48);
    }

    [MethodImpl(Inline)]
    private static void Round(
        ref Vector512<ulong> a, ref Vector512<ulong> a2, ref Vector512<ulong> b, ref Vector512<ulong> b2,
        ref Vector512<ulong> c, ref Vector512<ulong> c2, ref Vector512<ulong> d, ref Vector512<ulong> d2, uint key, uint round)
    {
        var keys = Vector512.Create((ulong)unchecked(key + (round * Philox.Weyl)));
        var (pa, pb, pc, pd) = (SimdRandom512.Product(a), SimdRandom512.Product(b), SimdRandom512.Product(c), SimdRandom512.Product(d));
        a = (pa >> 32) ^ keys ^ a2;
        b = (pb >> 32) ^ keys ^ b2;
        c = (pc >> 32) ^ keys ^ c2;
        d = (pd >> 32) ^ keys ^ d2;
        (a2, b2, c2, d2) = (pa, pb, pc, pd);
    }
}
