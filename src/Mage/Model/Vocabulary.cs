namespace Mage.Model;

/// <summary>
/// The words MAGE knows: the codes of the tokenizer, then 1000 class labels (only one of them is ever used, as the class token's word),
/// then the mask token.
/// </summary>
/// <param name="Codes">Size of the tokenizer's codebook.</param>
public readonly record struct Vocabulary(int Codes)
{
    /// <summary>Words beyond the codebook.</summary>
    public const int Extra = 1001;

    /// <summary>Number of words.</summary>
    public int Size => Codes + Extra;

    /// <summary>The word of the class token, a label that no class has: 1100 for 1024 codes.</summary>
    public int ClassToken => Codes + 76;

    /// <summary>The word that stands for a masked token.</summary>
    public int MaskToken => Size - 1;
}
