using System.Globalization;
using Mage.Images;

namespace Mage.Training.TensorBoard;

/// <summary>
/// A file of events that TensorBoard shows, <c>events.out.tfevents.*</c>. A run that goes on writes another beside those there are, which says from
/// which step on those are void. Records are written whole; what a process that is killed leaves half written, TensorBoard passes over.
/// </summary>
public sealed class EventLog : IDisposable
{
    private const string Prefix = "events.out.tfevents.";

    private readonly string path;
    private readonly FileStream file;

    private EventLog(string path, FileStream file) => (this.path, this.file) = (path, file);

    /// <summary>Begins a file.</summary>
    /// <param name="folder">Where; made if it is missing.</param>
    /// <param name="step">Steps done before: what others say of later ones is void.</param>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public static EventLog Open(string folder, int step) => Guard(folder, () =>
    {
        Directory.CreateDirectory(folder);
        var last = Directory.GetFiles(folder, Prefix + "*").Select(TimeOf).DefaultIfEmpty(0).Max();

        // TensorBoard reads files in the order of their names, so that of a later one must come later, whatever the clock says.
        var time = Math.Max(DateTimeOffset.UtcNow.ToUnixTimeSeconds(), last + 1);
        var path = Path.Combine(
            folder, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{time:D10}.{Environment.MachineName}.{Environment.ProcessId}"));
        var log = new EventLog(path, new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0));
        log.Write(EventMessage.Version(Now));
        log.Write(EventMessage.Start(Now, step + 1));
        return log;
    });

    /// <summary>Adds numbers of a step, by their names.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public void Scalars(int step, IEnumerable<(string Name, double Value)> values)
        => Guard(path, () => Write(EventMessage.Scalars(Now, step, values)));

    /// <summary>Adds a picture of a step.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public void Picture(int step, string name, PixelImage picture) => Guard(path, () => Write(EventMessage.Picture(Now, step, name, picture)));

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private static double Now => (DateTime.UtcNow - DateTime.UnixEpoch).TotalSeconds;

    private static long TimeOf(string path)
    {
        var name = Path.GetFileName(path)[Prefix.Length..];
        return long.TryParse(name.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var time) ? time : 0;
    }

    private bool Write(byte[] message)
    {
        file.Write(RecordFrame.Of(message));
        return true;
    }

    private static T Guard<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"cannot write events for TensorBoard, '{path}': {e.Message}", e);
        }
    }
}
