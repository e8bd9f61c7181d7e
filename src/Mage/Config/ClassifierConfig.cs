namespace Mage.Config;

/// <summary>The classifier that generated images are judged by. It sees pixels and knows nothing of the tokenizer.</summary>
public sealed record ClassifierConfig
{
    /// <summary>How often it halves the image.</summary>
    public const int Halvings = 2;

    /// <summary>Channels of the first layer, a multiple of 32; each halving of the image doubles them.</summary>
    public int Channels { get; set; } = 32;

    /// <summary>
    /// Blends the images of a step with each other (mixup): the parameter of the beta distribution that shares are drawn from; 0 for not. With
    /// <see cref="Cutmix"/> too, each step does one of the two.
    /// </summary>
    public float Mixup { get; set; }

    /// <summary>The same for boxes of the images, which change places (cutmix); 0 for not.</summary>
    public float Cutmix { get; set; }

    /// <summary>Label smoothing of the loss.</summary>
    public float LabelSmoothing { get; set; }

    /// <summary>Optimizer and length.</summary>
    public OptimizerConfig Training { get; set; } = new() { Steps = 500, Batch = 64, WarmupSteps = 50, Beta2 = 0.99f };

    /// <summary>Whether an image may be of several classes in training.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool HasSoftTargets => Mixup > 0 || Cutmix > 0 || LabelSmoothing > 0;

    /// <summary>Features of an image that it decides by.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public int Features => Channels << Halvings;
}
