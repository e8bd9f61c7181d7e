using MageDsl;

namespace Mage;

/// <summary>
/// Writes a file beside its place and renames it when it is complete, so that whoever reads it, after whatever
/// interruption, finds the old content or the new and never a part.
/// </summary>
public static class AtomicFile
{
    /// <summary>Replaces the file with what <paramref name="write"/> writes; on an error the old file stays.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        try
        {
            WholeFile.Write(path, write);
        }
        catch (IOException e)
        {
            throw new UserErrorException($"cannot write '{path}': {e.Message}", e);
        }
    }

    /// <summary>Replaces the file with a text in UTF-8.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public static void WriteText(string path, string text) =>
        Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));

    /// <summary>Refuses a place where no file can be, before work is done for it.</summary>
    /// <exception cref="UserErrorException">It is a folder, or its folder does not exist.</exception>
    public static void CheckPlace(string path)
    {
        if (Directory.Exists(path))
        {
            throw new UserErrorException($"cannot write '{path}': it is a folder; name a file");
        }

        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
        {
            throw new UserErrorException($"cannot write '{path}': the folder '{folder}' does not exist");
        }
    }
}
