using System.Text.Json.Serialization;

namespace Mage.Config;

/// <summary>Which images, and how they reach the model.</summary>
public sealed record DataConfig
{
    /// <summary>
    /// A folder of pictures, with class folders or without, of IDX files, or of the binary CIFAR-10; null for the sample that comes with
    /// the repository.
    /// </summary>
    public string? Path { get; set; }

    /// <summary>Height and width the images are resized to.</summary>
    public int ImageSize { get; set; } = 32;

    /// <summary>1 (grey) or 3 (red, green, blue).</summary>
    public int Channels { get; set; } = 1;

    /// <summary>Of a folder of pictures that is not parted into train and val or test: the share of images held out, in percent.</summary>
    public int HeldOutPercent { get; set; } = 10;

    /// <summary>Mirror half of the training images, another half in each epoch.</summary>
    public bool Flip { get; set; }

    /// <summary>
    /// Which parts of the images MAGE trains on. With crops images have other tokens in every step, so they are tokenized while it trains, and half
    /// of the crops are mirrored if <see cref="Flip"/> says so.
    /// </summary>
    public CropKind Crop { get; set; }

    /// <summary>
    /// A file of tokens that <c>mage-dsl tokenize</c> made of these images with this tokenizer: MAGE trains on them, and on the crops that they
    /// were made of, instead of tokenizing images; null to tokenize.
    /// </summary>
    public string? Tokens { get; set; }
}

/// <summary>Which parts of images are trained on: arXiv 2211.09117, appendix.</summary>
[JsonConverter(typeof(WordConverter<CropKind>))]
public enum CropKind
{
    /// <summary>Whole images.</summary>
    None,

    /// <summary>At least 0.8 of the area: better samples.</summary>
    Weak,

    /// <summary>At least 0.2 of the area: better features.</summary>
    Strong,
}
