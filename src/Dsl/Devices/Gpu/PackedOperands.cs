using ILGPU;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// Both operands of a product as words that were made once, for all tiles: [item, row or column, k], padded with zeros to whole steps along k. They
/// lie in chunks of four words.
/// </summary>
internal struct PackedOperands
{
    /// <summary>Chunks of a step, along k: 128 bytes.</summary>
    public const int Step = 8;

    /// <summary>The chunks.</summary>
    public ArrayView<Quad<uint>> Left, Right;

    /// <summary>Chunks from item to item; 0 where all have the same.</summary>
    public int LeftItem, RightItem;

    /// <summary>Chunks of a row or column.</summary>
    public int Pitch;

    /// <summary>Items of the product.</summary>
    public int Items;

    /// <summary>Steps of a share of the sum.</summary>
    public int ShareSteps;

    /// <summary>Chunks that so many terms take.</summary>
    public static int PitchOf<TWord>(int terms)
        where TWord : struct, IOperandWord
        => (int)GpuLauncher.Groups(terms, Step * 4 * TWord.Terms) * Step;
}
