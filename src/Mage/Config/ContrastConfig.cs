using System.Text.Json.Serialization;

namespace Mage.Config;

/// <summary>A contrastive loss on the encoder's output beside the reconstruction loss: MAGE-C, arXiv 2211.09117, section 3.3.</summary>
public sealed record ContrastConfig
{
    /// <summary>What the positive of an image is.</summary>
    public ContrastKind Kind { get; set; }

    /// <summary>Weight of the loss beside the reconstruction loss.</summary>
    public float Weight { get; set; } = 0.1f;

    /// <summary>What cosines are divided by: the smaller, the more the nearest negatives count.</summary>
    public float Temperature { get; set; } = 0.2f;

    /// <summary>What an image is told from.</summary>
    public ContrastLoss Loss { get; set; }

    /// <summary>Between the two layers of the head.</summary>
    public HeadActivation Activation { get; set; }

    /// <summary>Whether the class token counts in the mean over the encoder's output.</summary>
    public bool PoolClassToken { get; set; }

    /// <summary>Hidden units of the head.</summary>
    public int Hidden { get; set; } = 512;

    /// <summary>Length of the vectors that are compared.</summary>
    public int Outputs { get; set; } = 128;

    /// <summary>Strength of the colour jitter of views, as SimCLR counts it; 0 for none, as in the paper.</summary>
    public float Jitter { get; set; }

    /// <summary>The share of views that lose their colours; 0 as in the paper.</summary>
    public float Grey { get; set; }
}

/// <summary>What the positive of an image is.</summary>
[JsonConverter(typeof(WordConverter<ContrastKind>))]
public enum ContrastKind
{
    /// <summary>There is no contrastive loss.</summary>
    None,

    /// <summary>Another view of it: two crops of every image are trained on.</summary>
    Views,

    /// <summary>
    /// What the model itself makes of it: its guesses fill the masked tokens, and the average of the weights sees the result. Estepa et al.,
    /// "Conjuring Positive Pairs for Efficient Unification of Representation Learning and Image Synthesis" (Sorcen), arXiv 2503.15060.
    /// </summary>
    Echo,
}

/// <summary>What an image is told from.</summary>
[JsonConverter(typeof(WordConverter<ContrastLoss>))]
public enum ContrastLoss
{
    /// <summary>The images of the other side, each side in turn.</summary>
    Cross,

    /// <summary>All images of both sides but itself: NT-Xent of SimCLR.</summary>
    NtXent,
}

/// <summary>What follows the first layer of the head.</summary>
[JsonConverter(typeof(WordConverter<HeadActivation>))]
public enum HeadActivation
{
    /// <summary>The positive part.</summary>
    Relu,

    /// <summary>The exact GELU.</summary>
    Gelu,
}
