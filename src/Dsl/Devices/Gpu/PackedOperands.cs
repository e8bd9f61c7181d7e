using ILGPU;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// An operand of a product as words, in chunks of four: packed for it once, for all tiles, as [item, row or column, k] and padded with zeros to whole
/// steps along k; or as it lay in memory, as [item, k, row or column] perhaps.
/// </summary>
internal struct PackedOperand
{
    /// <summary>The chunks.</summary>
    public ArrayView<Quad<uint>> Chunks;

    /// <summary>Chunks from item to item; 0 where all have the same.</summary>
    public int Item;

    /// <summary>Chunks from one to the next of what lies along the chunks.</summary>
    public int Pitch;
}

/// <summary>Both operands of a product.</summary>
internal struct PackedOperands
{
    /// <summary>Chunks of a step, along k: 128 bytes.</summary>
    public const int Step = 8;

    /// <summary>The operands.</summary>
    public PackedOperand Left, Right;

    /// <summary>Which steps are whose.</summary>
    public StepShares Shares;

    /// <summary>Steps that so many terms take.</summary>
    public static int StepsOf<TWord>(int terms)
        where TWord : struct, IOperandWord
        => (int)GpuLauncher.Groups(terms, Step * 4 * TWord.Terms);
}

/// <summary>The steps of a sum, of which each share has some: items of the launch are those of the product, for each share anew.</summary>
internal struct StepShares
{
    /// <summary>Items of the product.</summary>
    public int Items;

    /// <summary>Steps of the sum, and of a share of it.</summary>
    public int Steps, ShareSteps;

    /// <summary>The item of the product that an item of the launch is, the first step of its share, and how many that has.</summary>
    public readonly (int Item, int First, int Count) Of(int batch)
    {
        int first = batch / Items * ShareSteps;
        return (batch % Items, first, IntrinsicMath.Min(ShareSteps, Steps - first));
    }
}
