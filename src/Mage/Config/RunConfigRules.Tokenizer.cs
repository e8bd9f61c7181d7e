namespace Mage.Config;

/// <summary>Rules of what the tokenizer is trained by.</summary>
public static partial class RunConfigRules
{
    private static void CheckTokenizerTraining(RunConfig config)
    {
        var tokenizer = config.Tokenizer;
        Require(tokenizer.CodebookDecay is >= 0 and < 1, "tokenizer.codebookDecay", tokenizer.CodebookDecay, "at least 0 and below 1");
        Require(
            tokenizer.CodebookEpsilon > 0 && float.IsFinite(tokenizer.CodebookEpsilon),
            "tokenizer.codebookEpsilon", tokenizer.CodebookEpsilon, "above 0");
        CheckPerceptual(tokenizer.Perceptual, config.Data.ImageSize);
        CheckDiscriminator(tokenizer.Discriminator, config.Data.ImageSize);
    }

    private static void CheckPerceptual(PerceptualConfig perceptual, int imageSize)
    {
        // Sixteen pixels are the least that still leave one after the halvings of either network.
        const int LeastSide = 16;
        NotNegative(perceptual.Weight, "tokenizer.perceptual.weight");
        Require(perceptual.File is not "", "tokenizer.perceptual.file", "''", "the name of a file, or null for none");
        Require(perceptual.LinearFile is not "", "tokenizer.perceptual.linearFile", "''", "the name of a file, or null");
        Require(
            perceptual.File is not null || perceptual.LinearFile is null, "tokenizer.perceptual.linearFile",
            $"'{perceptual.LinearFile}'", "null where tokenizer.perceptual.file names no network");
        Require(
            perceptual.File is null || imageSize >= LeastSide, "data.imageSize", imageSize,
            $"at least {LeastSide} for the network that tokenizer.perceptual.file names");
    }

    private static void CheckDiscriminator(DiscriminatorConfig discriminator, int imageSize)
    {
        AtLeast(discriminator.Start, 0, "tokenizer.discriminator.start");
        NotNegative(discriminator.Weight, "tokenizer.discriminator.weight");
        Require(
            discriminator.Loss is "hinge" or "vanilla", "tokenizer.discriminator.loss", $"'{discriminator.Loss}'", "hinge or vanilla");
        AtLeast(discriminator.Channels, 1, "tokenizer.discriminator.channels");
        Require(discriminator.Layers is >= 1 and <= 8, "tokenizer.discriminator.layers", discriminator.Layers, "between 1 and 8");
        Require(
            !discriminator.Enabled || imageSize >= discriminator.LeastSide, "tokenizer.discriminator.layers", discriminator.Layers,
            $"so small that an image has {discriminator.LeastSide} pixels a side (3 times 2^layers); data.imageSize is {imageSize}");
        Require(
            discriminator.RateScale > 0 && float.IsFinite(discriminator.RateScale),
            "tokenizer.discriminator.rateScale", discriminator.RateScale, "above 0");
        Require(discriminator.Beta1 is >= 0 and < 1, "tokenizer.discriminator.beta1", discriminator.Beta1, "at least 0 and below 1");
        Require(discriminator.Beta2 is >= 0 and < 1, "tokenizer.discriminator.beta2", discriminator.Beta2, "at least 0 and below 1");
        AtLeast(discriminator.WatchEvery, 0, "tokenizer.discriminator.watchEvery");
        AtLeast(discriminator.WatchImages, 1, "tokenizer.discriminator.watchImages");
        NotNegative(discriminator.WatchTolerance, "tokenizer.discriminator.watchTolerance");
        AtLeast(discriminator.WatchPatience, 1, "tokenizer.discriminator.watchPatience");
    }
}
