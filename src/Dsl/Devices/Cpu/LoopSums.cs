using System.ComponentModel;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MageDsl.Devices.Cpu;

/// <summary>
/// How sums keep their digits: so many terms are added in float32, and what comes out in float64. A sum of n equal float32 terms is wrong by
/// up to n roundings that all point one way; of 32 by 5e-7 at most, and the totals add nothing to that.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class LoopSums
{
    /// <summary>Terms that are added one after the other before they go into a total.</summary>
    public const int Terms = 32;

    /// <summary>
    /// Steps that <paramref name="count"/> elements take in the first of some vectors side by side, which alone takes what is left over.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint Steps(nint count, int width, int copies)
    {
        var together = (nuint)(copies * width);
        var rest = (nuint)count % together;
        return (nint)(((nuint)count / together) + ((rest + (nuint)width - 1) / (nuint)width));
    }

    /// <summary>
    /// Adds sums to the totals that lie as far behind <paramref name="totals"/> as they do behind <paramref name="partials"/>, and makes them zero.
    /// </summary>
    /// <param name="partials">The sums of a chunk.</param>
    /// <param name="totals">Its totals.</param>
    /// <param name="from">The first sum.</param>
    /// <param name="end">Behind the last.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Empty<T, S, V>(T* partials, double* totals, T* from, T* end)
        where T : unmanaged
        where S : struct, ISimd<T, V>
        where V : unmanaged
    {
        Add<T, S, V>(totals + (from - partials), from, (nint)(end - from));
        new Span<T>(from, checked((int)(end - from))).Clear();
    }

    /// <summary>
    /// What adds up the chunks, for <see cref="Simd.Width"/>: their sums and, unless null, their totals, so many elements from one chunk to the next.
    /// </summary>
    internal static delegate*<T*, double*, nint, nint, T*, nint, void> Combine<T>()
        where T : unmanaged => Simd.Width switch
        {
            512 => &Combine<T, Simd512<T>, Vector512<T>>,
            256 => &Combine<T, Simd256<T>, Vector256<T>>,
            _ => &Combine<T, Simd128<T>, Vector128<T>>,
        };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Combine<T, S, V>(T* partials, double* totals, nint chunks, nint stride, T* target, nint count)
        where T : unmanaged
        where S : struct, ISimd<T, V>
        where V : unmanaged
    {
        const int most = 256;
        var sums = stackalloc double[most];
        for (nint first = 0; first < count; first += most)
        {
            var length = Math.Min(most, count - first);
            new Span<double>(sums, most).Clear();
            for (nint chunk = 0; chunk < chunks; chunk++)
            {
                var at = (chunk * stride) + first;
                Add<T, S, V>(sums, partials + at, length);
                if (totals != null)
                {
                    TensorPrimitives.Add(
                        new ReadOnlySpan<double>(sums, (int)length),
                        new ReadOnlySpan<double>(totals + at, (int)length), new Span<double>(sums, (int)length));
                }
            }
            Round<T, S, V>(sums, target + first, length);
        }
    }

    /// <summary>Adds the first lanes to totals that lie so far apart.</summary>
    public static void Add<T, S, V>(double* totals, nint stride, V sums, nint count)
        where T : unmanaged
        where S : struct, ISimd<T, V>
        where V : unmanaged
    {
        for (nint i = 0; i < count; i++) totals[i * stride] += S.Total(S.LoadTail((T*)&sums + i, 1));
    }

    /// <summary>Totals, rounded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Round<T, S, V>(double* totals, T* sums, nint count)
        where T : unmanaged
        where S : struct, ISimd<T, V>
        where V : unmanaged
    {
        nint i = 0;
        for (; i + S.Width <= count; i += S.Width) S.Store(sums + i, S.LoadTotals(totals + i));
        for (; i < count; i++) S.StoreTail(sums + i, S.Create(totals[i]), 1);
    }

    /// <summary>Adds sums to totals.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Add<T, S, V>(double* totals, T* sums, nint count)
        where T : unmanaged
        where S : struct, ISimd<T, V>
        where V : unmanaged
    {
        nint i = 0;
        for (; i + S.Width <= count; i += S.Width) S.AddTotals(totals + i, S.Load(sums + i));
        for (; i < count; i++) totals[i] += S.Total(S.LoadTail(sums + i, 1));
    }
}
