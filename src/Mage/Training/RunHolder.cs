using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Mage.Training;

/// <summary>Which process has a run folder: what lies in the folder for others to read.</summary>
/// <param name="Process">Its id.</param>
/// <param name="Started">When it started, as its system counts: an id is given again, but not to a process of the same start.</param>
/// <param name="Host">The machine's name.</param>
/// <param name="Boot">What is new whenever the machine starts; empty where that is unknown.</param>
/// <param name="Space">In which ids are unique on the machine: containers have their own.</param>
internal sealed record RunHolder(int Process, string Started, string Host, string Boot, string Space)
{
    private const int Parts = 5;

    /// <summary>This process.</summary>
    public static RunHolder Current { get; } = new(
        Environment.ProcessId,
        StartOf(Environment.ProcessId) ?? "",
        Environment.MachineName,
        FirstLine("/proc/sys/kernel/random/boot_id"),
        OperatingSystem.IsLinux() ? new FileInfo("/proc/self/ns/pid").LinkTarget ?? "" : "");

    /// <summary>Whether it is a process of this system that still runs. One that has ended and waits to be collected does not.</summary>
    public bool IsAlive => IsHere && StartOf(Process) == Started;

    /// <summary>Whether it may run where this process cannot look: on another machine, or in another container.</summary>
    public bool IsElsewhere => !IsHere && !(Host == Current.Host && Space == Current.Space && Boot != Current.Boot);

    private bool IsHere => Host == Current.Host && Boot == Current.Boot && Space == Current.Space;

    /// <summary>What a file says; null if it says nothing, or is none.</summary>
    public static RunHolder? Read(string path)
    {
        try
        {
            return File.ReadAllLines(path) is { Length: Parts } lines
                && int.TryParse(lines[0], NumberStyles.None, CultureInfo.InvariantCulture, out var process)
                ? new RunHolder(process, lines[1], lines[2], lines[3], lines[4])
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Writes the file.</summary>
    /// <exception cref="UserErrorException">It cannot be written.</exception>
    public void Write(string path)
        => AtomicFile.WriteText(path, string.Create(CultureInfo.InvariantCulture, $"{Process}\n{Started}\n{Host}\n{Boot}\n{Space}\n"));

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"process {Process} on host {Host}");

    /// <summary>The start of a process that runs; else null.</summary>
    private static string? StartOf(int process)
    {
        if (OperatingSystem.IsLinux())
        {
            // proc(5): the state is the first field after the name, which may hold anything but ends with the last bracket; the start the twentieth.
            var fields = FirstLine($"/proc/{process}/stat") is { Length: > 0 } line
                ? line[(line.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)
                : [];
            return fields.Length > 19 && fields[0] is not ("Z" or "X") ? fields[19] : null;
        }

        try
        {
            using var found = System.Diagnostics.Process.GetProcessById(process);
            return found.HasExited ? null : found.StartTime.ToUniversalTime().Ticks.ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return null;
        }
    }

    private static string FirstLine(string path)
    {
        try
        {
            return File.ReadLines(path).FirstOrDefault() ?? "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
