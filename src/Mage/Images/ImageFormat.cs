namespace Mage.Images;

/// <summary>The formats of picture files that are read and written.</summary>
public enum ImageFormat
{
    /// <summary>PNG: without loss.</summary>
    Png,

    /// <summary>JPEG: small, with loss, without transparency.</summary>
    Jpeg,

    /// <summary>WebP: read with and without loss, written without.</summary>
    Webp,
}

/// <summary>Formats by the ends of names.</summary>
public static class ImageFormats
{
    /// <summary>The ends of names of picture files, for people.</summary>
    public const string Endings = ".png, .jpg, .jpeg or .webp";

    /// <summary>The format that a file's name says it has; null if it ends otherwise.</summary>
    public static ImageFormat? Named(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".png" => ImageFormat.Png,
        ".jpg" or ".jpeg" => ImageFormat.Jpeg,
        ".webp" => ImageFormat.Webp,
        _ => null,
    };

    /// <summary>The format that a file is to be written in.</summary>
    /// <exception cref="UserErrorException">Its name has none of the ends.</exception>
    public static ImageFormat ToWrite(string path) =>
        Named(path) ?? throw new UserErrorException($"cannot write the image '{path}': its name should end in {Endings}");
}
