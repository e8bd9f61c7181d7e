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
}
