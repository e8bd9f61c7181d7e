namespace Mage.Config;

/// <summary>The classifier that generated images are judged by. It sees pixels and knows nothing of the tokenizer.</summary>
public sealed record ClassifierConfig
{
    /// <summary>How often it halves the image.</summary>
    public const int Halvings = 2;

    /// <summary>Channels of the first layer, a multiple of 32; each halving of the image doubles them.</summary>
    public int Channels { get; set; } = 32;

    /// <summary>Optimizer and length.</summary>
    public OptimizerConfig Training { get; set; } = new() { Steps = 500, Batch = 64, WarmupSteps = 50, Beta2 = 0.99f };

    /// <summary>Features of an image that it decides by.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public int Features => Channels << Halvings;
}
