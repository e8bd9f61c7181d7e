namespace Mage.Config;

/// <summary>
/// Everything that decides what a run computes; written to the run folder as <c>config.json</c>. Two runs with equal
/// configs and equal data end with the same bytes, whatever the number of threads.
/// </summary>
public sealed record RunConfig
{
    /// <summary>The preset it started from.</summary>
    public string Preset { get; set; } = "default";

    /// <summary>Seed of every random number of the run.</summary>
    public int Seed { get; set; } = 1;

    /// <summary>Steps between checkpoints (also written at the end of a stage and on Ctrl-C); does not change the result.</summary>
    public int CheckpointEvery { get; set; } = 200;

    /// <summary>Steps between rows of <c>metrics.csv</c>; does not change the weights.</summary>
    public int LogEvery { get; set; } = 10;

    /// <summary>The images.</summary>
    public DataConfig Data { get; set; } = new();

    /// <summary>The VQGAN tokenizer and its training.</summary>
    public TokenizerConfig Tokenizer { get; set; } = new();

    /// <summary>MAGE and its training.</summary>
    public MageConfig Mage { get; set; } = new();

    /// <summary>Iterative decoding.</summary>
    public SamplingConfig Sampling { get; set; } = new();

    /// <summary>The closing evaluation.</summary>
    public EvaluationConfig Evaluation { get; set; } = new();

    /// <summary>Tokens along one side of an image.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public int Grid => Data.ImageSize / Tokenizer.DownSampling;

    /// <summary>Tokens of an image, without the class token.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public int Tokens => Grid * Grid;

    /// <summary>Words of MAGE: the codebook, 1000 places for class labels, the mask token.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public int Vocabulary => Tokenizer.CodebookSize + 1000 + 1;
}

/// <summary>Which images, and how they reach the model.</summary>
public sealed record DataConfig
{
    /// <summary>An IDX folder or a folder of class folders; null for the sample that comes with the repository.</summary>
    public string? Path { get; set; }

    /// <summary>Height and width the images are resized to.</summary>
    public int ImageSize { get; set; } = 32;

    /// <summary>1 (grey) or 3 (red, green, blue).</summary>
    public int Channels { get; set; } = 1;

    /// <summary>Of a folder of class folders: the share of images held out, in percent.</summary>
    public int HeldOutPercent { get; set; } = 10;

    /// <summary>Mirror half of the training images, another half in each epoch.</summary>
    public bool Flip { get; set; }
}

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

    /// <summary>Optimizer and length.</summary>
    public OptimizerConfig Training { get; set; } = new();

    /// <summary>Pixels along the side of a token.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public int DownSampling => 1 << (Multipliers.Length - 1);
}

/// <summary>Sizes and regularisation of the masked generative encoder.</summary>
public sealed record MageConfig
{
    /// <summary>Width of the encoder.</summary>
    public int EmbedDim { get; set; } = 192;

    /// <summary>Blocks of the encoder.</summary>
    public int Depth { get; set; } = 6;

    /// <summary>Attention heads of the encoder.</summary>
    public int Heads { get; set; } = 3;

    /// <summary>Width of the decoder.</summary>
    public int DecoderEmbedDim { get; set; } = 192;

    /// <summary>Blocks of the decoder.</summary>
    public int DecoderDepth { get; set; } = 3;

    /// <summary>Attention heads of the decoder.</summary>
    public int DecoderHeads { get; set; } = 3;

    /// <summary>Hidden width of an MLP as a multiple of the block's width.</summary>
    public int MlpRatio { get; set; } = 4;

    /// <summary>Smallest mask rate, and the share of tokens that is dropped.</summary>
    public float MaskRatioMin { get; set; } = 0.5f;

    /// <summary>Largest mask rate.</summary>
    public float MaskRatioMax { get; set; } = 1f;

    /// <summary>Mode of the truncated normal that mask rates are drawn from.</summary>
    public float MaskRatioMean { get; set; } = 0.55f;

    /// <summary>Its standard deviation before truncation.</summary>
    public float MaskRatioStd { get; set; } = 0.25f;

    /// <summary>Label smoothing of the loss.</summary>
    public float LabelSmoothing { get; set; } = 0.1f;

    /// <summary>Dropout of embeddings, attention and MLPs.</summary>
    public float Dropout { get; set; } = 0.1f;

    /// <summary>Optimizer and length.</summary>
    public OptimizerConfig Training { get; set; } = new() { Clip = 3f };
}

/// <summary>AdamW with a linear warm-up and half a cosine.</summary>
public sealed record OptimizerConfig
{
    /// <summary>Optimizer steps.</summary>
    public int Steps { get; set; } = 1000;

    /// <summary>Images that pass through the model at once.</summary>
    public int Batch { get; set; } = 64;

    /// <summary>
    /// Batches in a step: their gradients are averaged, so that a step sees <see cref="Batch"/> times as many images in the memory of one
    /// batch. One batch of all of them gives the same but for rounding and dropout.
    /// </summary>
    public int Accumulate { get; set; } = 1;

    /// <summary>Images in a step.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public int StepImages => Batch * Accumulate;

    /// <summary>Learning rate after the warm-up.</summary>
    public float LearningRate { get; set; } = 1e-3f;

    /// <summary>Learning rate at the end.</summary>
    public float MinLearningRate { get; set; }

    /// <summary>Steps until the learning rate is reached.</summary>
    public int WarmupSteps { get; set; } = 100;

    /// <summary>Decoupled weight decay of tensors with more than one dimension.</summary>
    public float WeightDecay { get; set; } = 0.05f;

    /// <summary>Decay of the first moment.</summary>
    public float Beta1 { get; set; } = 0.9f;

    /// <summary>Decay of the second moment.</summary>
    public float Beta2 { get; set; } = 0.95f;

    /// <summary>Largest global norm of the gradient; 0 leaves it alone.</summary>
    public float Clip { get; set; } = 1f;
}

/// <summary>Iterative decoding.</summary>
public sealed record SamplingConfig
{
    /// <summary>Decoding steps.</summary>
    public int Iterations { get; set; } = 12;

    /// <summary>Strength of the noise on the confidences in the first step; falls linearly to zero.</summary>
    public float Temperature { get; set; } = 4.5f;

    /// <summary>Images decoded at once.</summary>
    public int Batch { get; set; } = 64;
}

/// <summary>Limits of the closing evaluation, so that it stays a matter of seconds on large sets.</summary>
public sealed record EvaluationConfig
{
    /// <summary>Training images that the linear probe and kNN use at most (the first ones).</summary>
    public int TrainImages { get; set; } = 10000;

    /// <summary>Held-out images that are evaluated at most (the first ones).</summary>
    public int HeldOutImages { get; set; } = 2000;

    /// <summary>Images in a forward pass.</summary>
    public int Batch { get; set; } = 128;
}
