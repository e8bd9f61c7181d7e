namespace Mage.Config;

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

    /// <summary>
    /// Train with the classes of the images, so that images of a class can be generated: the word of its class takes the place of the class
    /// token. At most <see cref="Model.Vocabulary.MaxClasses"/> classes.
    /// </summary>
    public bool ClassConditional { get; set; }

    /// <summary>The share of images that are trained on as if they had no class; guidance compares with what is learnt from those.</summary>
    public float ClassDropout { get; set; } = 0.1f;

    /// <summary>
    /// The share of images whose residual branches are left out, in the last block of each stack; it grows linearly from 0 in the first.
    /// </summary>
    public float DropPath { get; set; }

    /// <summary>The contrastive loss.</summary>
    public ContrastConfig Contrast { get; set; } = new();

    /// <summary>Optimizer and length.</summary>
    public MageOptimizerConfig Training { get; set; } = new() { Clip = 3f };
}
