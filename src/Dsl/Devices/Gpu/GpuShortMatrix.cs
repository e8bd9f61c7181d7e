using System.ComponentModel;
using System.Runtime.CompilerServices;
using ILGPU;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// An operand that lies in memory as words of bfloat16, so that tensor cores may multiply it from there: of each item a matrix, dense along k or
/// along the operand's own axis. None of that is so by default.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct GpuShortMatrix
{
    /// <summary>Elements of a chunk of 16 bytes, and of a step along k.</summary>
    internal const int Chunk = 8, Step = PackedOperands.Step * Chunk;

    private readonly bool isThere;

    private GpuShortMatrix(ArrayView<Quad<uint>> chunks, int item, int row)
    {
        isThere = true;
        Operand = new() { Chunks = chunks, Item = item, Pitch = row };
    }

    /// <summary>Where it is, in chunks.</summary>
    internal PackedOperand Operand { get; }

    /// <summary>Elements in memory; nothing where they are not short, or do not begin at whole chunks.</summary>
    /// <param name="elements">The first matrix on.</param>
    /// <param name="item">Elements from item to item; 0 if all have the same.</param>
    /// <param name="row">Elements from row to row.</param>
    public static GpuShortMatrix Of<H>(ArrayView<H> elements, nint item, nint row)
        where H : unmanaged
        => Unsafe.SizeOf<H>() == 2 && item % Chunk == 0 && row % Chunk == 0
            ? new(elements.Cast<Quad<uint>>(), (int)(item / Chunk), (int)(row / Chunk)) : default;

    /// <summary>Whether products take such operands from where they lie, if sizes are such.</summary>
    /// <param name="precision">In what they are multiplied.</param>
    internal static bool AreTaken(Precision precision) => precision == Precision.BFloat16;

    /// <summary>Whether such a product can take it from there.</summary>
    /// <param name="precision">In what it multiplies.</param>
    /// <param name="isAlongK">Whether it is dense along k.</param>
    /// <param name="own">Its rows or columns.</param>
    /// <param name="terms">What is summed over.</param>
    internal bool Suits(Precision precision, bool isAlongK, int own, int terms)
        => isThere && AreTaken(precision) && terms % Step == 0 && (isAlongK || own % Chunk == 0);
}
