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

    /// <summary>The configuration: 256 tokens of 1024 codes in both cases.</summary>
    public RunConfig Config()
    {
        var config = Presets.Get("vit-b");
        if (Key == "small")
        {
            config.Mage = config.Mage with
            {
                EmbedDim = 256,
                Depth = 6,
                Heads = 8,
                DecoderEmbedDim = 256,
                DecoderDepth = 4,
                DecoderHeads = 8,
            };
        }
        return config;
    }
}
