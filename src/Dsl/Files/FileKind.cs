using System.Text;

namespace MageDsl;

/// <summary>Says what a file is that was taken for another kind, by its first bytes, and what its owner can do about it.</summary>
internal static class FileKind
{
    /// <summary>What a safetensors file is said to be.</summary>
    public const string Safetensors = "a safetensors file";

    // As many as the longest of the marks below needs, and a line of text.
    private const int Looked = 64;

    private static readonly (byte[] Mark, string What)[] Marks =
    [
        ("PK\x03\x04"u8.ToArray(), "a zip archive, as PyTorch's .pth, .pt and .ckpt files are (Python's safetensors.torch.save_file converts them)"),
        ("PK\x05\x06"u8.ToArray(), "an empty zip archive"),
        ([0x80, 2], PickleText),
        ([0x80, 3], PickleText),
        ([0x80, 4], PickleText),
        ([0x80, 5], PickleText),
        ([0x89, .. "PNG"u8], "a PNG image"),
        ([0xFF, 0xD8, 0xFF], "a JPEG image"),
        ("GIF8"u8.ToArray(), "a GIF image"),
        ("BM"u8.ToArray(), "a BMP image"),
        ("II*\0"u8.ToArray(), "a TIFF image"),
        ("MM\0*"u8.ToArray(), "a TIFF image"),
        ([0x1F, 0x8B], "compressed with gzip (gunzip unpacks it)"),
        ([0x28, 0xB5, 0x2F, 0xFD], "compressed with zstd (unzstd unpacks it)"),
        ([0xFD, .. "7zXZ"u8], "compressed with xz (unxz unpacks it)"),
        ("BZh"u8.ToArray(), "compressed with bzip2 (bunzip2 unpacks it)"),
        ("7z\xBC\xAF"u8.ToArray(), "a 7-Zip archive"),
        ([0x89, .. "HDF"u8], "an HDF5 file"),
        ([0x93, .. "NUMPY"u8], "a NumPy array"),
        ("GGUF"u8.ToArray(), "a GGUF file"),
        ("%PDF"u8.ToArray(), "a PDF document"),
        ([0, 0, 8, 1], "an IDX file"),
        ([0, 0, 8, 3], "an IDX file"),
        ("version https://git-lfs"u8.ToArray(), "a pointer of Git LFS in place of the file (git lfs pull fetches it)"),
    ];

    private const string PickleText = "a Python pickle, as older PyTorch files are (Python's safetensors.torch.save_file converts them)";

    /// <summary>What a file with these first bytes is, as it stands after "it is"; null if nothing speaks for any kind.</summary>
    public static string? Of(ReadOnlySpan<byte> start)
    {
        foreach (var (mark, what) in Marks)
        {
            if (start.StartsWith(mark))
            {
                return what;
            }
        }

        if (start.StartsWith("RIFF"u8) && start.Length >= 12 && start[8..12].SequenceEqual("WEBP"u8))
        {
            return "a WebP image";
        }

        if (start.Length >= 12 && start[4..8].SequenceEqual("ftyp"u8))
        {
            return "an HEIF or AVIF image, or a film";
        }

        return start.Length > 8 && start[8] == '{' && start[4..8].SequenceEqual("\0\0\0\0"u8) ? Safetensors : OfText(start);
    }

    /// <summary>The same of a file on the disk; null also if it cannot be read.</summary>
    public static string? Of(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return stream.Length == 0 ? "empty" : Of(Start(stream));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static byte[] Start(Stream stream)
    {
        var start = new byte[Looked];
        return start[..stream.ReadAtLeast(start, Looked, throwOnEndOfStream: false)];
    }

    private static string? OfText(ReadOnlySpan<byte> start)
    {
        var text = Encoding.UTF8.GetString(start[..Math.Min(start.Length, Looked)]).TrimStart('\uFEFF').TrimStart();
        if (text.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase) || text.StartsWith("<html", StringComparison.OrdinalIgnoreCase))
        {
            return "a web page, as a download that failed leaves it";
        }

        var line = text.Split('\n')[0].TrimEnd();
        return line.Length > 0 && line.All(c => c is >= ' ' and < '\x7f') && !start.ContainsAnyInRange((byte)0, (byte)8)
            ? $"a text that begins with '{(line.Length > 30 ? line[..30] + "…" : line)}'"
            : null;
    }
}
