using System.ComponentModel;
using ILGPU;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// A stage over rows that are gone through more than once, and one across them, at once. Groups take rows in turns, of which threads keep in
/// registers what they have; and each leaves parts of what is combined across rows, for the second stage to finish.
/// </summary>
/// <typeparam name="TStage">Both.</typeparam>
/// <typeparam name="TRows">The first by itself.</typeparam>
/// <typeparam name="TSums">The second by itself.</typeparam>
/// <typeparam name="T">The elements.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IGpuPair<TStage, TRows, TSums, T> : IGpuRows<TStage, T>
    where TStage : struct, IGpuPair<TStage, TRows, TSums, T>
    where TRows : struct, IGpuRows<TRows, T>
    where TSums : struct, IGpuSplit<TSums, T>
    where T : unmanaged
{
    /// <summary>How often a thread can take an element of a row, or four, and keep it.</summary>
    static abstract int Kept { get; }

    /// <summary>[group, result, element of a row]: what each group has combined.</summary>
    ArrayView<T> Parts { get; set; }
}
