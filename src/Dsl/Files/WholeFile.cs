using System.Text.RegularExpressions;

namespace MageDsl;

/// <summary>
/// Writes a file beside its place and renames it when it is complete and on the disk, so that whoever reads it, after whatever
/// interruption, finds the old content or the new and never a part. What lies beside has a name of its own for each process, so that two
/// that write the same file do not meet.
/// </summary>
internal static partial class WholeFile
{
    /// <summary>Replaces the file with what <paramref name="write"/> writes; on an error the old file stays.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes its content.</param>
    /// <param name="isDurable">Whether to wait until it is on the disk, for what cannot be made again.</param>
    /// <exception cref="IOException">The file cannot be written, for whatever reason of the file system's; the message names it.</exception>
    public static void Write(string path, Action<Stream> write, bool isDurable = true)
    {
        var partial = $"{path}.{Environment.ProcessId}-{Random.Shared.Next():x8}.part";
        try
        {
            if (Directory.Exists(path))
            {
                throw new IOException($"'{path}' is a folder");
            }

            using (var stream = new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                write(stream);
                stream.Flush(isDurable);
            }

            File.Move(partial, path, overwrite: true);
        }
        catch (DirectoryNotFoundException e)
        {
            throw new IOException($"the folder of '{path}' does not exist", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException(e.Message.Replace(partial, path), e);
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

    /// <summary>
    /// The file that was being written when <paramref name="name"/> was left behind by a process that was killed; null if it is no such thing.
    /// </summary>
    public static string? Unfinished(string name) => Partial().Match(name) is { Success: true } match ? match.Groups[1].Value : null;

    [GeneratedRegex(@"^(.+)\.[0-9]+-[0-9a-f]{8}\.part$", RegexOptions.Singleline)]
    private static partial Regex Partial();
}
