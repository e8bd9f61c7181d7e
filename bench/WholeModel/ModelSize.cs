using Mage.Config;

namespace Bench.WholeModel;

/// <summary>A model and a batch that are measured.</summary>
/// <param name="Key">How options and peers name it.</param>
/// <param name="Name">How tables name it.</param>
/// <param name="Batch">Images of a step.</param>
internal sealed record ModelSize(string Key, string Name, int Batch)
{
    public static IReadOnlyList<ModelSize> All { get; } = [new("base", "ViT-B, batch 4", 4), new("small", "256 wide, 6+4 blocks, batch 16", 16)];

    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static ModelSize Of(string key)
        => All.FirstOrDefault(size => size.Key == key)
            ?? throw new ArgumentException($"no model is called '{key}'; there are {string.Join(", ", All.Select(size => size.Key))}", nameof(key));

    /// <summary>What a card is measured with: one that is worth it, or one that the processor in another guise ends with.</summary>
    /// <param name="isLarge">Which of the two.</param>
    public static ModelSize ForCards(bool isLarge) => isLarge ? new("base", "ViT-B, 64 images", 64) : new("least", "32 wide, 1+1 blocks, 1 image", 1);

    /// <summary>That of <c>train</c>, as it is without options.</summary>
    public static ModelSize OfTraining { get; } = new("default", "the default training, 64 images", 64);

    /// <summary>The configuration: 256 tokens of 1024 codes, but of the default training what it has.</summary>
    public RunConfig Config()
    {
        if (Key == OfTraining.Key) return Presets.Get(Key);
        var config = Presets.Get("vit-b");
        if (Key == "small") Resize(256, 6, 4, 8);
        if (Key == "least") Resize(32, 1, 1, 2);
        return config;

        void Resize(int width, int depth, int decoderDepth, int heads) => config.Mage = config.Mage with
        {
            EmbedDim = width,
            Depth = depth,
            Heads = heads,
            DecoderEmbedDim = width,
            DecoderDepth = decoderDepth,
            DecoderHeads = heads,
        };
    }
}
