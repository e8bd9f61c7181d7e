using Mage.Config;

namespace Mage.Training;

/// <summary>What a run draws random numbers for. Each has a key of its own, so that no two see the same numbers.</summary>
internal enum Draw
{
    /// <summary>The tokenizer's first weights, and its training.</summary>
    Tokenizer = 1,

    /// <summary>MAGE's first weights, and its training.</summary>
    Mage,

    /// <summary>Which images the tokenizer sees in a step.</summary>
    ImagesOfTokenizer,

    /// <summary>Which images MAGE sees in a step.</summary>
    ImagesOfMage,

    /// <summary>The views of images that are cut while MAGE trains.</summary>
    Views,

    /// <summary>The views of images that go into a file of tokens.</summary>
    ViewsForFile,

    /// <summary>The classifier's first weights, and which images it sees.</summary>
    Classifier,

    /// <summary>Which views of a file of tokens MAGE sees in a step.</summary>
    ViewsOfFile,
}

/// <summary>The keys that a run draws by.</summary>
internal static class Draws
{
    /// <summary>The key for something.</summary>
    public static Seed KeyOf(this RunConfig config, Draw what) => new Seed(config.Seed).For((int)what);
}
