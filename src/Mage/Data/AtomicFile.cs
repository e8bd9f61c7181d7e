namespace Mage.Data;

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
        var partial = $"{path}.{Environment.ProcessId}.part";
        try
        {
            using (var stream = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(partial, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"cannot write '{path}': {e.Message}", e);
        }
        finally
        {
            // Only there when something went wrong; a second failure must not hide the first.
            try
            {
                File.Delete(partial);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
            }
        }
    }

    /// <summary>Replaces the file with a text in UTF-8.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public static void WriteText(string path, string text) =>
        Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));
}
