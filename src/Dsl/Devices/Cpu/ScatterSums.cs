using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace MageDsl.Devices.Cpu;

/// <summary>
/// The totals of a scatter of floats: for each line of the result that has taken <see cref="LoopSums.Terms"/> terms, and no other. So they
/// are few if ids are spread, and there are never more than one for so many rows.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public unsafe struct ScatterSums<T>
    where T : unmanaged
{
    private readonly nint width;
    private readonly nint stride;
    private readonly Line* lines;
    private readonly Total* totals;
    private readonly double* memory;
    private int used;

    /// <summary>Memory of the calling worker; none where no line takes more terms than floats may.</summary>
    /// <param name="rows">Terms of all lines together.</param>
    /// <param name="count">Lines of the result.</param>
    /// <param name="width">Elements of a line.</param>
    /// <param name="stride">From one element of a line to the next.</param>
    public ScatterSums(nint rows, nint count, nint width, nint stride)
    {
        this.width = width;
        this.stride = stride;
        if (typeof(T) != typeof(float) || rows <= LoopSums.Terms) return;
        var most = Math.Min(count, rows / LoopSums.Terms);
        lines = (Line*)WorkerPool.Scratch(0, (nuint)((count * sizeof(Line)) + (most * (sizeof(Total) + (width * sizeof(double))))));
        new Span<Line>(lines, checked((int)count)).Clear();
        totals = (Total*)(lines + count);
        memory = (double*)(totals + most);
    }

    /// <summary>A line has taken a term.</summary>
    /// <param name="line">Its number.</param>
    /// <param name="start">Its first element.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Count<S, V>(nint line, T* start)
        where S : struct, ISimd<T, V>
        where V : unmanaged
    {
        if (lines != null && ++lines[line].Terms == LoopSums.Terms) Empty<S, V>(line, start);
    }

    /// <summary>After all terms: totals, rounded, to where they belong.</summary>
    public readonly void Finish<S, V>()
        where S : struct, ISimd<T, V>
        where V : unmanaged
    {
        for (var total = 0; total < used; total++)
        {
            Take<S, V>(total);
            var from = memory + (total * width);
            if (stride == 1) LoopSums.Round<T, S, V>(from, totals[total].Start, width);
            else for (nint i = 0; i < width; i++) S.StoreTail(totals[total].Start + (i * stride), S.Create(from[i]), 1);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private void Empty<S, V>(nint line, T* start)
        where S : struct, ISimd<T, V>
        where V : unmanaged
    {
        lines[line].Terms = 0;
        if (lines[line].Total == 0)
        {
            totals[used].Start = start;
            new Span<double>(memory + (used * width), checked((int)width)).Clear();
            lines[line].Total = ++used;
        }
        Take<S, V>(lines[line].Total - 1);
    }

    private readonly void Take<S, V>(int total)
        where S : struct, ISimd<T, V>
        where V : unmanaged
    {
        var from = totals[total].Start;
        var to = memory + (total * width);
        if (stride == 1)
        {
            LoopSums.Add<T, S, V>(to, from, width);
            new Span<T>(from, checked((int)width)).Clear();
            return;
        }
        for (nint i = 0; i < width; i++)
        {
            to[i] += S.Total(S.LoadTail(from + (i * stride), 1));
            from[i * stride] = default;
        }
    }

    private struct Line
    {
        public int Terms;
        public int Total;
    }

    private struct Total
    {
        public T* Start;
    }
}
