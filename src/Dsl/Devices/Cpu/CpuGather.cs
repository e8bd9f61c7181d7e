using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace MageDsl.Devices.Cpu;

/// <summary>The bounds check of generated gathers and scatters.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class CpuGather
{
    /// <summary>The index, if it lies in [0, size).</summary>
    /// <exception cref="IndexOutOfRangeException">It does not; the message names the tensor of ids.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint Checked(int index, nint size, string ids)
    {
        if ((uint)index >= (nuint)size) Throw(index, size, ids);
        return index;
    }

    [DoesNotReturn]
    private static void Throw(int index, nint size, string ids) =>
        throw new IndexOutOfRangeException($"'{ids}' holds {index}, which is outside the table of {size} rows");
}
