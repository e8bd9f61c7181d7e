using System.ComponentModel;
using System.Runtime.CompilerServices;
using ILGPU;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// An operand that lies in memory as tensor cores multiply it, as words of bfloat16 or as floats that are split: of each item a matrix, dense along
/// k or along the operand's own axis. None of that is so by default.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct GpuMatrix
{
    /// <summary>Elements of a chunk of 16 bytes in 16 bits, and of a step along k.</summary>
    internal const int Chunk = 8, Step = PackedOperands.Step * Chunk;

    // 0 if there is none.
    private readonly int chunk;

    private GpuMatrix(ArrayView<Quad<uint>> chunks, int chunk, nint item, nint row)
    {
        this.chunk = chunk;
        Operand = new() { Chunks = chunks, Item = (int)(item / chunk), Pitch = (int)(row / chunk) };
    }

    /// <summary>Where it is, in chunks.</summary>
    internal PackedOperand Operand { get; }

    /// <summary>Elements in memory; nothing where they are not of 16 or 32 bits, or do not begin at whole chunks.</summary>
    /// <param name="elements">The first matrix on.</param>
    /// <param name="item">Elements from item to item; 0 if all have the same.</param>
    /// <param name="row">Elements from row to row.</param>
    public static GpuMatrix Of<H>(ArrayView<H> elements, nint item, nint row)
        where H : unmanaged
    {
        var chunk = Chunk * sizeof(ushort) / Unsafe.SizeOf<H>();
        return chunk >= Chunk / 2 && item % chunk == 0 && row % chunk == 0 ? new(elements.Cast<Quad<uint>>(), chunk, item, row) : default;
    }

    /// <summary>Whether such a product can take it from there.</summary>
    /// <param name="kind">By what it is multiplied.</param>
    /// <param name="isAlongK">Whether it is dense along k.</param>
    /// <param name="own">Its rows or columns.</param>
    /// <param name="terms">What is summed over.</param>
    internal bool Suits(ProductTileKind kind, bool isAlongK, int own, int terms) => kind switch
    {
        ProductTileKind.BFloat16 => chunk == Chunk && terms % Step == 0 && (isAlongK || own % Chunk == 0),
        ProductTileKind.Float32 => chunk == Chunk / 2 && terms % (Step / 2) == 0 && isAlongK,
        _ => false,
    };

    /// <summary>Whether products take such operands from where they lie, if sizes are such.</summary>
    /// <param name="kind">By what they are multiplied.</param>
    /// <param name="form">How they lie.</param>
    internal static bool AreTaken(ProductTileKind kind, GpuOperandForm form) => kind switch
    {
        ProductTileKind.BFloat16 => form.IsShort,
        ProductTileKind.Float32 => form.IsMatrix && form.IsAlongK,
        _ => false,
    };
}
