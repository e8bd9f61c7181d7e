namespace Mage.Config;

/// <summary>Named configurations to start from.</summary>
public static class Presets
{
    /// <summary>The names, the default first.</summary>
    public static IReadOnlyList<string> Names { get; } = ["default", "tiny", "fashion-mnist", "vit-b", "vit-l"];

    /// <summary>What a preset is for, in a few words.</summary>
    public static string Describe(string name) => name switch
    {
        "default" => "32x32 grey images, 64 tokens, minutes on two cores",
        "tiny" => "16x16 grey images, 16 tokens, seconds; to try things and for tests",
        "fashion-mnist" => "as default but longer and larger, for all of Fashion-MNIST on a card",
        "vit-b" => "the official ViT-B on 256x256 colour images",
        "vit-l" => "the official ViT-L on 256x256 colour images",
        _ => throw Unknown(name),
    };

    /// <summary>A new configuration.</summary>
    /// <exception cref="UserErrorException">There is no such preset.</exception>
    public static RunConfig Get(string name) => name switch
    {
        "default" => Default(),
        "tiny" => Tiny(),
        "fashion-mnist" => FashionMnist(),
        "vit-b" => Official(name, 768, 12, 12),
        "vit-l" => Official(name, 1024, 24, 16),
        _ => throw Unknown(name),
    };

    private static UserErrorException Unknown(string name) =>
        new($"no preset is called '{name}'; there are {string.Join(", ", Names)}");

    private static RunConfig Default() => new()
    {
        Tokenizer = new TokenizerConfig
        {
            Multipliers = [1, 1, 2],
            CodebookSize = 128,
            ReviveEvery = 20,
            // At a rate as high as it is here, a discriminator that joins earlier or counts for more makes training degrade.
            Discriminator = new DiscriminatorConfig
            {
                Start = 450, Weight = 0.4f, Channels = 32, Layers = 2, RateScale = 0.1f, WatchEvery = 25,
            },
            Training = new OptimizerConfig
            {
                Steps = 700, Batch = 16, LearningRate = 2e-3f, MinLearningRate = 1e-4f, WarmupSteps = 100, WeightDecay = 0f, Beta2 = 0.99f,
            },
        },
        Mage = new MageConfig
        {
            EmbedDim = 128,
            Depth = 4,
            Heads = 4,
            DecoderEmbedDim = 128,
            DecoderDepth = 2,
            DecoderHeads = 4,
            ClassConditional = true,
            Training = new MageOptimizerConfig
            {
                Steps = 1300, Batch = 64, LearningRate = 2e-3f, WarmupSteps = 200, WeightDecay = 0.05f, Clip = 3f,
            },
        },
        Sampling = new SamplingConfig { Iterations = 16, Temperature = 2.5f, Guidance = 2f },
    };

    private static RunConfig Tiny() => new()
    {
        Preset = "tiny",
        CheckpointEvery = 10,
        LogEvery = 2,
        Data = new DataConfig { ImageSize = 16 },
        Tokenizer = new TokenizerConfig
        {
            Channels = 32,
            Multipliers = [1, 1, 1],
            CodebookSize = 32,
            EmbedDim = 16,
            ReviveEvery = 5,
            Discriminator = new DiscriminatorConfig { Start = 8, Channels = 8, Layers = 1, WatchEvery = 4, WatchImages = 16 },
            Training = new OptimizerConfig { Steps = 20, Batch = 8, WarmupSteps = 4, WeightDecay = 0f },
        },
        Mage = new MageConfig
        {
            EmbedDim = 32,
            Depth = 2,
            Heads = 2,
            DecoderEmbedDim = 32,
            DecoderDepth = 1,
            DecoderHeads = 2,
            Training = new MageOptimizerConfig { Steps = 20, Batch = 8, WarmupSteps = 4, Clip = 3f },
        },
        Sampling = new SamplingConfig { Iterations = 4 },
        Classifier = new ClassifierConfig { Training = new OptimizerConfig { Steps = 20, Batch = 8, WarmupSteps = 4 } },
        Evaluation = new EvaluationConfig { TrainImages = 256, HeldOutImages = 64, Batch = 32 },
    };

    /// <summary>
    /// What the weights that come with the repository were trained with. Nothing is mirrored, since in this set all shoes look to the left; and the
    /// scores are not smoothed, because in Halton's order every code that is drawn stays, also one that smoothing alone made likely.
    /// </summary>
    private static RunConfig FashionMnist()
    {
        var start = Default();
        return start with
        {
            Preset = "fashion-mnist",
            CheckpointEvery = 1000,
            LogEvery = 50,
            Tokenizer = start.Tokenizer with
            {
                Multipliers = [1, 2, 2],
                CodebookSize = 256,
                Discriminator = start.Tokenizer.Discriminator with { Enabled = true, Start = 1200, WatchEvery = 100, WatchImages = 256 },
                Training = start.Tokenizer.Training with
                {
                    Steps = 2000,
                    Batch = 64,
                    LearningRate = 1e-3f,
                    MinLearningRate = 5e-5f,
                    WarmupSteps = 200,
                },
            },
            Mage = start.Mage with
            {
                Depth = 5,
                LabelSmoothing = 0f,
                Dropout = 0f,
                Training = start.Mage.Training with { Steps = 4000, Batch = 128, WarmupSteps = 300, EmaDecay = 0.999f },
            },
            Sampling = start.Sampling with { Iterations = 12, Batch = 256 },
            Classifier = new ClassifierConfig
            {
                Training = new OptimizerConfig { Steps = 1500, Batch = 128, LearningRate = 2e-3f, WarmupSteps = 100, Beta2 = 0.99f },
            },
        };
    }

    /// <summary>
    /// Sizes of the official code (LTH14/mage, models_mage.py and the VQGAN's configuration file); the learning rate is
    /// its 1.5e-4 per 256 images, scaled to a batch that one machine can hold. The tokenizer's losses are those of CompVis/taming-transformers for
    /// ImageNet (configs/imagenet_vqgan.yaml); the perceptual one joins them when <c>tokenizer.perceptual.file</c> names a network.
    /// </summary>
    private static RunConfig Official(string name, int width, int depth, int heads) => new()
    {
        Preset = name,
        CheckpointEvery = 1000,
        Data = new DataConfig { ImageSize = 256, Channels = 3, Flip = true },
        Tokenizer = new TokenizerConfig
        {
            Channels = 128,
            Multipliers = [1, 1, 2, 2, 4],
            ResBlocks = 2,
            CodebookSize = 1024,
            EmbedDim = 256,
            L2Weight = 0f,
            Discriminator = new DiscriminatorConfig { Enabled = true, Start = 250_001 },
            Training = new OptimizerConfig { Steps = 500_000, Batch = 8, LearningRate = 1e-4f, WarmupSteps = 5000, WeightDecay = 0f, Beta2 = 0.99f },
        },
        Mage = new MageConfig
        {
            EmbedDim = width,
            Depth = depth,
            Heads = heads,
            DecoderEmbedDim = width,
            DecoderDepth = 8,
            DecoderHeads = 16,
            Training = new MageOptimizerConfig { Steps = 1_000_000, Batch = 64, LearningRate = 3.75e-5f, WarmupSteps = 25_000, Clip = 3f },
        },
        Sampling = new SamplingConfig { Iterations = 20, Temperature = 6f, Batch = 16 },
        Evaluation = new EvaluationConfig { Batch = 32 },
    };
}
