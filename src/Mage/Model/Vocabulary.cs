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

    /// <summary>Codes are codes of the tokenizer, or perhaps the mask token.</summary>
    /// <exception cref="ArgumentException">One is not.</exception>
    internal void CheckCodes(ReadOnlySpan<int> tokens, bool allowMask, string name)
    {
        foreach (var token in tokens)
        {
            if ((token < 0 || token >= Codes) && !(allowMask && token == MaskToken))
            {
                throw new ArgumentException(
                    $"token {token} is no code (0 to {Codes - 1}){(allowMask ? $" and not the mask token ({MaskToken})" : "")}", name);
            }
        }
    }
}
