namespace Mage.Config;

/// <summary>
/// Everything that decides what a run computes; written to the run folder as <c>config.json</c>. Two runs with equal
/// configs and equal data end with the same bytes, whatever the number of threads.
/// </summary>
public sealed record RunConfig
{
    /// <summary>The preset it started from.</summary>
    public string Preset { get; set; } = "default";

    /// <summary>What the run trains.</summary>
    public TrainedParts Train { get; set; }

    /// <summary>Seed of every random number of the run.</summary>
    public int Seed { get; set; } = 1;

    /// <summary>Steps between checkpoints (also written at the end of a stage and on Ctrl-C); does not change the result.</summary>
    public int CheckpointEvery { get; set; } = 200;

    /// <summary>Steps between rows of <c>metrics.csv</c>; does not change the weights.</summary>
    public int LogEvery { get; set; } = 10;

    /// <summary>Steps of MAGE between grids of samples (<c>samples-000500.png</c>); 0 for none. Does not change the weights.</summary>
    public int SampleEvery { get; set; }

    /// <summary>The images.</summary>
    public DataConfig Data { get; set; } = new();

    /// <summary>The VQGAN tokenizer and its training.</summary>
    public TokenizerConfig Tokenizer { get; set; } = new();

    /// <summary>MAGE and its training.</summary>
    public MageConfig Mage { get; set; } = new();

    /// <summary>Iterative decoding.</summary>
    public SamplingConfig Sampling { get; set; } = new();

    /// <summary>The classifier that generated images are judged by, which <c>mage-dsl train classifier</c> trains.</summary>
    public ClassifierConfig Classifier { get; set; } = new();

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

/// <summary>What a run trains.</summary>
[System.Text.Json.Serialization.JsonConverter(typeof(WordConverter<TrainedParts>))]
public enum TrainedParts
{
    /// <summary>A tokenizer, then MAGE on its tokens; where the run folder holds a tokenizer already, MAGE alone.</summary>
    All,

    /// <summary>A tokenizer alone.</summary>
    Tokenizer,

    /// <summary>A classifier, which has to do with neither.</summary>
    Classifier,
}
