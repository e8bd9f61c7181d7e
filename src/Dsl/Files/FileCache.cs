using System.IO.Hashing;
using System.Text;

namespace MageDsl;

/// <summary>
/// Things that could be made again, kept in a folder so that the next process need not. No error of the file system's is one here: what cannot be
/// read, is damaged, or is another's is not there, and what cannot be written is not kept. Processes may share the folder.
/// </summary>
/// <param name="folder">The folder; made with the first thing that is kept.</param>
/// <param name="mostBytes">About how many bytes there may be in it: what was not used for longest goes.</param>
internal sealed class FileCache(string folder, long mostBytes)
{
    // Files of others may lie in a folder that somebody named: only those called so are ever deleted.
    private const string Extension = ".magedsl";

    // How much is written between one look at the folder and the next.
    private readonly long turn = mostBytes / 16;
    private long sinceLook = long.MaxValue / 2;

    /// <summary>What was kept under a key; null if nothing was, or not all of it is there.</summary>
    public byte[]? Read(string key)
    {
        byte[]? content = null;
        try
        {
            var path = PathOf(key);
            content = Content(File.ReadAllBytes(path), key);
            // The time says when it was used last, for whoever makes room.
            if (content is not null) File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not there; or it is, and its time is another's to change.
        }
        return content;
    }

    /// <summary>Keeps something under a key, in place of what was there.</summary>
    public void Write(string key, ReadOnlySpan<byte> content)
    {
        byte[] name = Encoding.UTF8.GetBytes(key), body = [.. BitConverter.GetBytes(name.Length), .. name, .. content];
        byte[] file = [.. XxHash128.Hash(body), .. body];
        try
        {
            Directory.CreateDirectory(folder);
            WholeFile.Write(PathOf(key), stream => stream.Write(file), isDurable: false);
            if (Interlocked.Add(ref sinceLook, file.Length) < turn) return;
            Interlocked.Exchange(ref sinceLook, 0);
            MakeRoom();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    private string PathOf(string key)
        => Path.Combine(folder, Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes(key))) + Extension);

    /// <summary>What a file holds for a key; null if it is cut short or damaged, or for another key.</summary>
    private static byte[]? Content(byte[] file, string key)
    {
        const int HashBytes = 16, Head = HashBytes + sizeof(int);
        if (file.Length < Head || !XxHash128.Hash(file.AsSpan(HashBytes)).AsSpan().SequenceEqual(file.AsSpan(0, HashBytes))) return null;
        var name = file.AsSpan(Head, BitConverter.ToInt32(file, HashBytes));
        return Encoding.UTF8.GetString(name) == key ? file[(Head + name.Length)..] : null;
    }

    /// <summary>Deletes what was not used for longest, and what was left half written, until there is a quarter more room than needed.</summary>
    private void MakeRoom()
    {
        FileInfo[] files = [.. new DirectoryInfo(folder).EnumerateFiles($"*{Extension}*").OrderBy(file => file.LastWriteTimeUtc)];
        var bytes = files.Sum(file => file.Length);
        if (bytes <= mostBytes) return;
        foreach (var file in files.TakeWhile(_ => bytes > mostBytes - (mostBytes / 4)))
        {
            file.Delete();
            bytes -= file.Length;
        }
    }
}
