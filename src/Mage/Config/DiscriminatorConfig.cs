namespace Mage.Config;

/// <summary>
/// The discriminator that makes reconstructions sharp: it learns to tell them from real images, and the tokenizer to deceive it.
/// </summary>
public sealed record DiscriminatorConfig
{
    /// <summary>Whether there is one.</summary>
    public bool Enabled { get; set; }

    /// <summary>Steps of the tokenizer before it joins (official: 10000 for images of one's own, 250001 for ImageNet).</summary>
    public int Start { get; set; } = 10_000;

    /// <summary>
    /// What deceiving it counts for, beside a weight that makes both losses pull equally hard at the last layer of the decoder (official: 0.8).
    /// </summary>
    public float Weight { get; set; } = 0.8f;

    /// <summary>What it pays: <c>hinge</c> or <c>vanilla</c> (cross-entropy).</summary>
    public string Loss { get; set; } = "hinge";

    /// <summary>Channels after its first convolution (official: 64).</summary>
    public int Channels { get; set; } = 64;

    /// <summary>How often it halves the image before it judges (official: 3).</summary>
    public int Layers { get; set; } = 3;

    /// <summary>The least side of an image, in pixels: halved, three are left for two convolutions that take one each.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public int LeastSide => 3 << Layers;

    /// <summary>Its learning rate as a multiple of the tokenizer's, over the steps that are left when it joins (official: 1).</summary>
    public float RateScale { get; set; } = 1f;

    /// <summary>Decay of the first moment.</summary>
    public float Beta1 { get; set; } = 0.5f;

    /// <summary>Decay of the second moment.</summary>
    public float Beta2 { get; set; } = 0.9f;

    /// <summary>
    /// Steps between looks at how well images are reconstructed that are not trained on, from when the discriminator joins; 0 never looks.
    /// </summary>
    public int WatchEvery { get; set; } = 250;

    /// <summary>Images to look at, the first that are held out.</summary>
    public int WatchImages { get; set; } = 64;

    /// <summary>By what share the error may exceed the least one seen before the look counts as bad.</summary>
    public float WatchTolerance { get; set; } = 0.25f;

    /// <summary>Bad looks in a row that mean that training degrades: if so at its end, it goes back to the best weights.</summary>
    public int WatchPatience { get; set; } = 3;
}
