namespace Mage.Model;

/// <summary>
/// The words MAGE knows: the codes of the tokenizer, then 1000 class labels (one of them is the class token's word, of images without a
/// class), then the mask token.
/// </summary>
/// <param name="Codes">Size of the tokenizer's codebook.</param>
public readonly record struct Vocabulary(int Codes)
{
    /// <summary>Words beyond the codebook.</summary>
    public const int Extra = 1001;

    /// <summary>Number of words.</summary>
    public int Size => Codes + Extra;

    /// <summary>The word of the class token, a label that no class has: 1100 for 1024 codes.</summary>
    public int ClassToken => Codes + NoClass;

    /// <summary>Classes that can have a word: all labels but the one that the class token has.</summary>
    public const int MaxClasses = 999;

    // The official code takes this label of ImageNet's for "no class"; it never trains with classes.
    private const int NoClass = 76;

    /// <summary>The word that stands for a masked token.</summary>
    public int MaskToken => Size - 1;

    /// <summary>The word that takes the place of the class token in images of a class.</summary>
    /// <param name="label">The class, from 0; -1 for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public int ClassWord(int label)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(label, -1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(label, MaxClasses);
        return label < 0 ? ClassToken : Codes + label + (label >= NoClass ? 1 : 0);
    }

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
