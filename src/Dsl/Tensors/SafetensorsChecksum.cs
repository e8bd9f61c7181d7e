using System.IO.Hashing;
using System.Text;

namespace MageDsl;

/// <summary>
/// The checksum that a safetensors file carries over itself, as one of the texts in its header: XXH128 of every byte of the file, the
/// digits of the checksum taken as zeros. Other programs see a text that they need not know; a file that has none is read unchecked.
/// </summary>
internal static class SafetensorsChecksum
{
    /// <summary>The key of the text.</summary>
    public const string Key = "mage-dsl.checksum";

    // The value says what it is as well, so that a damaged byte in the key does not make the file one without a checksum.
    private const string Prefix = "mage-dsl.xxh128:";

    /// <summary>What stands in the header while the checksum is computed.</summary>
    public static string Blank { get; } = Prefix + new string('0', 32);

    /// <summary>Whether a text of the user's would be taken for a checksum.</summary>
    public static bool IsReserved(string key, string value) => key == Key || value.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Takes the checksum out of the texts of a header; null if there is none.</summary>
    /// <exception cref="InvalidDataException">What is there is damaged.</exception>
    public static string? Take(Dictionary<string, string> texts)
    {
        var found = texts.Where(pair => IsReserved(pair.Key, pair.Value)).ToList();
        if (found.Count == 0)
        {
            return null;
        }

        return found is [{ Key: Key, Value: var value }] && value.Length == Blank.Length && texts.Remove(Key)
            ? value
            : throw new InvalidDataException("the file is damaged: its checksum is not readable");
    }

    /// <summary>Begins a checksum with the length of the header and the header itself, in which <paramref name="checksum"/> stands.</summary>
    /// <exception cref="InvalidDataException">It does not stand there as it was written.</exception>
    public static XxHash128 Begin(ReadOnlySpan<byte> length, ReadOnlySpan<byte> header, string checksum)
    {
        var blank = header.ToArray();
        var at = header.IndexOf(Encoding.UTF8.GetBytes(checksum));
        if (at < 0)
        {
            throw new InvalidDataException("the file is damaged: its checksum is not readable");
        }

        Encoding.UTF8.GetBytes(Blank, blank.AsSpan(at));
        var hash = new XxHash128();
        hash.Append(length);
        hash.Append(blank);
        return hash;
    }

    /// <summary>The text of a finished checksum.</summary>
    public static string End(XxHash128 hash) => Prefix + Convert.ToHexStringLower(hash.GetCurrentHash());

    /// <summary>Puts a finished checksum in the place of the blank one.</summary>
    public static void Fill(Span<byte> header, string checksum) =>
        Encoding.UTF8.GetBytes(checksum, header[header.IndexOf(Encoding.UTF8.GetBytes(Blank))..]);
}
