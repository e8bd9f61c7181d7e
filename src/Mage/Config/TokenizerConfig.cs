namespace Mage.Config;

/// <summary>Sizes as in the official VQGAN: no attention, 32 groups in every normalisation.</summary>
public sealed record TokenizerConfig
{
    /// <summary>Channels of the first level; a multiple of 32.</summary>
    public int Channels { get; set; } = 32;

    /// <summary>Channels of each level as a multiple of <see cref="Channels"/>; each level but the first halves the image.</summary>
    public int[] Multipliers { get; set; } = [1, 2, 2];

    /// <summary>Residual blocks per level.</summary>
    public int ResBlocks { get; set; } = 1;

    /// <summary>Codes.</summary>
    public int CodebookSize { get; set; } = 256;

    /// <summary>Channels of the encoder's output and of a code.</summary>
    public int EmbedDim { get; set; } = 32;

    /// <summary>Weight of mean |x - reconstruction|.</summary>
    public float L1Weight { get; set; } = 1f;

    /// <summary>Weight of mean (x - reconstruction)^2.</summary>
    public float L2Weight { get; set; } = 1f;

    /// <summary>Weight of the term that draws the encoder's output to its code (official: 1).</summary>
    public float CommitmentWeight { get; set; } = 1f;

    /// <summary>Weight of the term that draws the code to the encoder's output (official: 0.25).</summary>
    public float CodebookWeight { get; set; } = 0.25f;

    /// <summary>Steps between looks for codes that nothing uses, which are moved onto encoder outputs; 0 never.</summary>
    public int ReviveEvery { get; set; } = 50;

    /// <summary>
    /// What a step keeps of each code, which is then the running mean of the vectors that choose it (0.99, say); 0 for codes that learn by gradient.
    /// </summary>
    public float CodebookDecay { get; set; }

    /// <summary>Of codes that are running means: what is added to the count of each, so that one hardly ever chosen stays finite.</summary>
    public float CodebookEpsilon { get; set; } = 1e-5f;

    /// <summary>How alike reconstructions look, beside how alike their pixels are.</summary>
    public PerceptualConfig Perceptual { get; set; } = new();

    /// <summary>What reconstructions are judged by.</summary>
    public DiscriminatorConfig Discriminator { get; set; } = new();

    /// <summary>Optimizer and length.</summary>
    public OptimizerConfig Training { get; set; } = new();

    /// <summary>Pixels along the side of a token.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public int DownSampling => 1 << (Multipliers.Length - 1);
}
