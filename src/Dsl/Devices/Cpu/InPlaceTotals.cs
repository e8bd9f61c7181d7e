using System.ComponentModel;

namespace MageDsl.Devices.Cpu;

/// <summary>The totals, in double precision, of sums of floats that a launch adds up where they are to lie; none if terms are few.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct InPlaceTotals<T> : IDisposable
    where T : unmanaged
{
    private readonly T* target;
    private readonly nint count;
    private readonly double* totals;

    /// <summary>Totals, zero.</summary>
    /// <param name="target">Where the sums are to lie.</param>
    /// <param name="count">Their number.</param>
    /// <param name="terms">Terms of each.</param>
    public InPlaceTotals(T* target, nint count, nint terms)
    {
        this.target = target;
        this.count = count;
        if (typeof(T) != typeof(float) || terms <= LoopSums.Terms || count == 0) return;
        totals = (double*)HostMemory.Pool.Rent(Bytes);
        System.Runtime.InteropServices.NativeMemory.Clear(totals, Bytes);
    }

    private nuint Bytes => (nuint)count * sizeof(double);

    /// <summary>The total of an element; null without totals.</summary>
    public double* At(nint element) => totals == null ? null : totals + element;

    /// <summary>After the launch: adds the totals to the sums, rounded.</summary>
    public void Finish()
    {
        if (totals != null) LoopSums.Combine<T>()(target, totals, 1, 0, target, count);
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        if (totals != null) HostMemory.Pool.Return((nint)totals, Bytes);
    }
}
