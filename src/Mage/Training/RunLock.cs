namespace Mage.Training;

/// <summary>
/// The right to write to a run folder, which one process has at a time. It is a lock of the operating system on an open file, so that the
/// folder is free as soon as its process has ended, in whatever way. Beside it lies who has it: for those who are refused, and for file
/// systems that know no locks, where it decides by itself.
/// </summary>
public sealed class RunLock : IDisposable
{
    // Without locks of the system the last of several that begin at once has the folder; after this time all of them have written.
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(300);

    // A holder that has just begun has not yet said who it is.
    private static readonly TimeSpan Naming = TimeSpan.FromMilliseconds(25);
    private const int NamingTries = 20;

    private readonly RunFolder folder;
    private readonly FileStream file;

    private RunLock(RunFolder folder, FileStream file) => (this.folder, this.file) = (folder, file);

    /// <summary>Takes a folder, and clears away what a process that was killed had begun to write.</summary>
    /// <exception cref="UserErrorException">Another process has it, or nothing can be written to it; the folder is as it was.</exception>
    public static RunLock Take(RunFolder folder)
    {
        FileStream file;
        try
        {
            file = Open(folder);
        }
        catch (IOException e) when (IsHeld(e))
        {
            throw InUse(folder, Named(folder));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"cannot write to the run folder '{folder.Path}': {e.Message}", e);
        }

        try
        {
            Claim(folder, IsInForce(folder));
            folder.RemoveUnfinished();
            return new RunLock(folder, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Who has a folder, for people; null if nobody has.</summary>
    public static string? Holder(RunFolder folder)
        => RunHolder.Read(folder.Holder) is { } holder && (holder.IsAlive || holder.IsElsewhere) ? holder.ToString() : null;

    /// <summary>Gives the folder back. The file that was locked stays: another process may be opening it just now.</summary>
    public void Dispose()
    {
        try
        {
            File.Delete(folder.Holder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It names a process that will have ended.
        }

        file.Dispose();
    }

    private static void Claim(RunFolder folder, bool inForce)
    {
        // A process may have the folder although the lock was free: where the lock's file was deleted, or locks are switched off.
        if (RunHolder.Read(folder.Holder) is { } holder && (holder.IsAlive || (!inForce && holder.IsElsewhere)))
        {
            throw InUse(folder, holder);
        }

        RunHolder.Current.Write(folder.Holder);
        if (!inForce)
        {
            Thread.Sleep(Settling);
            if (RunHolder.Read(folder.Holder) is var last && last != RunHolder.Current)
            {
                throw InUse(folder, last);
            }
        }
    }

    private static FileStream Open(RunFolder folder) => new(folder.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);

    /// <summary>Whether the file system keeps the lock that was just taken: then it cannot be taken twice.</summary>
    private static bool IsInForce(RunFolder folder)
    {
        try
        {
            Open(folder).Dispose();
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>Whether a file could not be opened because another has it: EWOULDBLOCK, or Windows' sharing violation.</summary>
    private static bool IsHeld(IOException e)
        => (e.HResult & 0xFFFF) == (OperatingSystem.IsWindows() ? 32 : OperatingSystem.IsLinux() ? 11 : 35);

    private static RunHolder? Named(RunFolder folder)
    {
        for (var i = 0; i < NamingTries; i++, Thread.Sleep(Naming))
        {
            if (RunHolder.Read(folder.Holder) is { } holder && (holder.IsAlive || holder.IsElsewhere))
            {
                return holder;
            }
        }

        return null;
    }

    private static UserErrorException InUse(RunFolder folder, RunHolder? holder) => new(
        $"the run folder '{folder.Path}' is in use by {holder?.ToString() ?? "another process"}" +
        (holder is { IsElsewhere: true } ? $"; if that has ended, delete '{folder.Holder}'" : "; wait for it to end, or stop it"));
}
