using Mage.Config;
using Mage.Images;

namespace Mage.Data;

/// <summary>Images to train on and images held out, of one size, with class labels.</summary>
/// <param name="Source">Where they come from, for people.</param>
/// <param name="ClassNames">Name of each label.</param>
/// <param name="Train">Images to train on.</param>
/// <param name="HeldOut">Images that are never trained on.</param>
public sealed record ImageSet(string Source, IReadOnlyList<string> ClassNames, ImagePart Train, ImagePart HeldOut)
{
    /// <summary>What was passed over and what was done to the images, a line each, for people.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Loads what the config names, from an IDX folder, a folder of the binary CIFAR-10, or a folder of pictures.</summary>
    /// <exception cref="UserErrorException">There is no such folder, or something in it is missing or broken; names the path.</exception>
    public static ImageSet Load(DataConfig config)
    {
        var path = config.Path ?? DefaultData.Find();
        if (File.Exists(path))
        {
            throw new UserErrorException($"the data path '{path}' is a file; it should be a folder of images or of IDX files");
        }

        if (!Directory.Exists(path))
        {
            throw new UserErrorException($"the data folder '{path}' does not exist");
        }

        return IdxFolder.IsOne(path) ? IdxFolder.Load(path, config)
            : Cifar10Folder.IsOne(path) ? Cifar10Folder.Load(path, config)
            : ClassFolders.Load(path, config);
    }
}

/// <summary>
/// Images of one size with their labels, kept as bytes, a quarter of the memory of floats, and each by itself, since one array ends at 2 GB.
/// </summary>
public sealed class ImagePart
{
    /// <summary>Images over existing memory.</summary>
    /// <param name="channels">Channels of an image.</param>
    /// <param name="size">Height and width of an image.</param>
    /// <param name="images">[N], each of [channels, size, size] bytes; not copied.</param>
    /// <param name="labels">[N] class labels; not copied.</param>
    public ImagePart(int channels, int size, byte[][] images, int[] labels)
    {
        (Channels, Size, Images, Labels) = (channels, size, images, labels);
        if (images.Length != labels.Length || images.Any(image => image.Length != ValuesPerImage))
        {
            throw new ArgumentException($"{images.Length} images are not {labels.Length} of {channels}x{size}x{size} bytes", nameof(images));
        }
    }

    /// <summary>Number of images.</summary>
    public int Count => Labels.Length;

    /// <summary>1 or 3.</summary>
    public int Channels { get; }

    /// <summary>Height and width.</summary>
    public int Size { get; }

    /// <summary>Values in an image.</summary>
    public int ValuesPerImage => Channels * Size * Size;

    /// <summary>[N], each of [C, H, W] bytes.</summary>
    public byte[][] Images { get; }

    /// <summary>[N] class labels, from 0.</summary>
    public int[] Labels { get; }

    /// <summary>[N] picture files, null for images that are all of their picture as it is; null if there are no such files.</summary>
    public string?[]? Files { get; init; }

    /// <summary>The picture that an image was made of, read again where the image is not all of it.</summary>
    /// <exception cref="UserErrorException">The file cannot be read any more; names the path.</exception>
    public PixelImage Original(int index) => Files?[index] is { } path
        ? ImageReader.Read(path).WithChannels(Channels)
        : PixelImage.FromPlanes(Size, Size, Channels, Images[index]);

    /// <summary>Writes an image as [C, H, W] floats in [0, 1], mirrored if wanted.</summary>
    public void CopyTo(int index, Span<float> target, bool mirror = false)
    {
        var source = Images[index];
        if (target.Length != source.Length)
        {
            throw new ArgumentException($"an image has {source.Length} values, the target {target.Length}", nameof(target));
        }

        ToFloats(source, Size, target, mirror);
    }

    /// <summary>Bytes of an image, [C, H, W], as floats in [0, 1].</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="width">Bytes in a row.</param>
    /// <param name="target">As many floats.</param>
    /// <param name="mirror">Whether each row comes out from right to left.</param>
    internal static void ToFloats(ReadOnlySpan<byte> source, int width, Span<float> target, bool mirror)
    {
        for (var i = 0; i < source.Length; i++)
        {
            var x = i % width;
            target[i] = source[mirror ? i - x + (width - 1 - x) : i] / 255f;
        }
    }

    /// <summary>
    /// Images <paramref name="start"/> to start + <paramref name="count"/> as [count, C, H, W] floats in [0, 1], mirrored if wanted.
    /// </summary>
    public float[] ToFloats(int start, int count, bool mirror = false)
    {
        var result = new float[(long)count * ValuesPerImage];
        for (var i = 0; i < count; i++)
        {
            CopyTo(start + i, result.AsSpan(i * ValuesPerImage, ValuesPerImage), mirror);
        }

        return result;
    }

    /// <summary>Images made one by one on all cores, as [count, C, H, W] floats.</summary>
    /// <param name="count">How many.</param>
    /// <param name="make">Writes one, [C, H, W].</param>
    /// <exception cref="UserErrorException">One could not be made.</exception>
    internal float[] Make(int count, Action<int, Span<float>> make)
    {
        var result = new float[(long)count * ValuesPerImage];
        try
        {
            Parallel.For(0, count, i => make(i, result.AsSpan(i * ValuesPerImage, ValuesPerImage)));
        }
        catch (AggregateException e) when (e.InnerExceptions[0] is UserErrorException error)
        {
            throw new UserErrorException(error.Message, e);
        }

        return result;
    }

    /// <summary>The first <paramref name="count"/> images, or all if there are fewer.</summary>
    public ImagePart First(int count) =>
        count >= Count ? this : new ImagePart(Channels, Size, Images[..count], Labels[..count]) { Files = Files?[..count] };
}
