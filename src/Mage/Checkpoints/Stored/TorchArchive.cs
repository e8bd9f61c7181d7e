using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using Mage.Checkpoints.Pickle;
using MageDsl;

namespace Mage.Checkpoints.Stored;

/// <summary>
/// A file of <c>torch.save</c> (PyTorch 1.6 and later): a zip archive, nothing in it compressed, with a pickle <c>NAME/data.pkl</c> and the bytes
/// of each storage as <c>NAME/data/KEY</c>. What is used of it is compared with the checksums of the archive.
/// </summary>
internal sealed class TorchArchive : IDisposable
{
    // Elements that tensors may have beyond the bytes of the file, because a stride of 0 repeats them: more than a ViT-L has.
    private const long MaxRepeated = 1L << 29;

    private readonly FileStream file;
    private readonly ZipArchive archive;
    private readonly Dictionary<string, ZipArchiveEntry> entries = [];
    private readonly string name;
    private readonly Dictionary<string, StoredBytes> storages = [];
    private Int128 elements;

    private TorchArchive(FileStream file, ZipArchive archive)
    {
        (this.file, this.archive) = (file, archive);
        var length = 0L;
        foreach (var entry in archive.Entries)
        {
            length += entry.Length == entry.CompressedLength && entry.Length <= file.Length
                ? entry.Length
                : throw new InvalidDataException($"'{entry.FullName}' in the archive is compressed, which torch.save does not do");
            if (length > file.Length || !entries.TryAdd(entry.FullName, entry))
            {
                throw new InvalidDataException("the archive claims to hold more than the file has, or something twice");
            }
        }

        name = entries.Keys.Where(key => key.EndsWith("/data.pkl", StringComparison.Ordinal)).ToList() is [var only]
            ? only[..^"data.pkl".Length]
            : throw new InvalidDataException("it is a zip archive, but not of torch.save: it has no data.pkl");
        CheckFormat();
        Root = Unpickler.Read(Content($"{name}data.pkl", Unpickler.MaxLength));
    }

    /// <summary>What was saved.</summary>
    public PickleValue Root { get; }

    /// <summary>Opens an archive. The file must stay open as long as tensors are read, the archive until all of them are found.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or no such archive.</exception>
    /// <exception cref="PickleException">Its pickle is refused.</exception>
    public static TorchArchive Open(FileStream file)
    {
        var archive = Checked(() =>
        {
            var opened = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
            _ = opened.Entries.Count; // reads all of the directory
            return opened;
        });
        return new TorchArchive(file, archive);
    }

    /// <inheritdoc/>
    public void Dispose() => archive.Dispose();

    /// <summary>A tensor, whose storage is compared with its checksum.</summary>
    /// <exception cref="InvalidDataException">The storage is missing or damaged.</exception>
    public StoredTensor Tensor(PickleTensor tensor)
    {
        var type = StoredTypes.OfTorch(tensor.Storage.Class);
        elements += tensor.Shape.Aggregate(Int128.One, (product, size) => product * size);
        if (elements > file.Length + MaxRepeated)
        {
            throw new InvalidDataException($"its tensors have more elements than a file of {file.Length} bytes can mean");
        }

        var bytes = Storage(tensor.Storage.Key);
        return (Int128)tensor.Storage.Count * type.Bytes() <= bytes.Length
            ? new StoredTensor(bytes, type, tensor.Offset, tensor.Shape, tensor.Strides)
            : throw new InvalidDataException(
                $"the storage {tensor.Storage.Key} should have {tensor.Storage.Count} elements, but has {bytes.Length} bytes");
    }

    private StoredBytes Storage(string key)
    {
        if (!storages.TryGetValue(key, out var bytes))
        {
            bytes = Bytes($"{name}data/{key}");
            storages.Add(key, bytes);
        }

        return bytes;
    }

    private void CheckFormat()
    {
        var order = entries.ContainsKey($"{name}byteorder") ? Encoding.ASCII.GetString(Content($"{name}byteorder", 16)) : "little";
        if (order.Trim() != "little")
        {
            throw new InvalidDataException($"its numbers are stored in the order '{order}'; only little-endian files are read");
        }

        if (!entries.ContainsKey($"{name}version"))
        {
            throw new InvalidDataException("it is a zip archive, but not of torch.save: it has no version");
        }
    }

    private byte[] Content(string entry, int most)
    {
        var bytes = Bytes(entry);
        var content = bytes.Length <= most
            ? new byte[bytes.Length]
            : throw new InvalidDataException($"'{entry}' has {bytes.Length} bytes; up to {most} are read");
        bytes.Read(content, 0);
        return content;
    }

    /// <summary>The bytes of an entry, which fit its checksum.</summary>
    private StoredBytes Bytes(string path)
    {
        var entry = entries.GetValueOrDefault(path) ?? throw new InvalidDataException($"'{path}' is missing in the archive");

        // Opening an entry brings the file to the first of its bytes; they are read from the file itself, in any order.
        using (Checked(entry.Open))
        {
            var bytes = file.Position + entry.Length <= file.Length
                ? new StoredBytes(file.SafeFileHandle, file.Position, entry.Length)
                : throw new InvalidDataException($"'{path}' in the archive goes beyond the end of the file");
            var hash = new Crc32();
            bytes.AppendTo(hash);
            return hash.GetCurrentHashAsUInt32() == entry.Crc32
                ? bytes
                : throw new InvalidDataException($"the file is damaged: '{path}' does not fit its checksum");
        }
    }

    /// <summary>Lets what the runtime makes of impossible numbers in an archive be an error of the file.</summary>
    private static T Checked<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is ArgumentException or OverflowException or NotSupportedException)
        {
            throw new InvalidDataException($"the archive is damaged: {e.Message}", e);
        }
    }
}
