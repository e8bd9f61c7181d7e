using System.Globalization;
using Mage.Training.Progress;

namespace Mage.Training;

/// <summary>A row of metrics.csv.</summary>
public readonly record struct MetricsRow(string Stage, int Step, StepReport Report);

/// <summary>
/// The file metrics.csv. It holds nothing that depends on the clock, so two equal runs write equal files, and a resumed
/// run first drops the rows that it is going to write again.
/// </summary>
public sealed class MetricsLog : IDisposable
{
    private const string Header = "stage,step,loss,learning_rate,gradient_norm,reconstruction,codebook,perplexity,accuracy,"
        + "used_codes,perceptual,generator,adaptive_weight,discriminator,watched";

    private static readonly int Cells = Header.Split(',').Length;

    private readonly string path;
    private readonly FileStream file;

    private MetricsLog(string path, FileStream file) => (this.path, this.file) = (path, file);

    /// <summary>
    /// Opens the log of a stage that goes on after <paramref name="step"/>; later rows, of this stage and those after it, are dropped.
    /// </summary>
    /// <param name="path">The file; made if it is missing.</param>
    /// <param name="stages">All stages in order.</param>
    /// <param name="stage">The stage that writes.</param>
    /// <param name="step">The last step that stays.</param>
    /// <exception cref="UserErrorException">The file cannot be read or written.</exception>
    public static MetricsLog Open(string path, IReadOnlyList<string> stages, string stage, int step)
    {
        var at = IndexOf(stages, stage);
        var kept = Read(path).Where(row => IndexOf(stages, row.Stage) < at || (row.Stage == stage && row.Step <= step));
        AtomicFile.WriteText(path, string.Join('\n', kept.Select(Format).Prepend(Header)) + "\n");
        return Guard(path, () => new MetricsLog(path, new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0)));
    }

    /// <summary>All rows of a file; none if it does not exist. A last row that was cut off is left out.</summary>
    /// <exception cref="UserErrorException">The file cannot be read or is no such file.</exception>
    public static IReadOnlyList<MetricsRow> Read(string path)
    {
        try
        {
            if (!File.Exists(path))
            {
                return [];
            }

            var text = File.ReadAllText(path);
            var lines = text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
            return lines is [Header, ..]
                ? [.. lines.Skip(1).Select(Parse)]
                : lines.Length == 0 ? [] : throw new UserErrorException($"'{path}' is not a metrics file of this version");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new UserErrorException($"cannot read '{path}': {e.Message}", e);
        }
    }

    /// <summary>Adds a row, whole, so that a process that is killed loses none and whoever looks meanwhile sees all.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public void Write(MetricsRow row) => Guard(path, () =>
    {
        file.Write(System.Text.Encoding.UTF8.GetBytes(Format(row) + "\n"));
        return true;
    });

    /// <summary>Brings what was added to the disk.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public void Flush() => Guard(path, () =>
    {
        file.Flush(flushToDisk: true);
        return true;
    });

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private static T Guard<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"cannot write '{path}': {e.Message}", e);
        }
    }

    private static int IndexOf(IReadOnlyList<string> stages, string stage)
    {
        for (var i = 0; i < stages.Count; i++)
        {
            if (stages[i] == stage)
            {
                return i;
            }
        }

        return stages.Count;
    }

    private static string Format(MetricsRow row)
    {
        static string Text(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";
        var r = row.Report;
        return string.Join(
            ',', row.Stage, row.Step.ToString(CultureInfo.InvariantCulture), Text(r.Loss), Text(r.LearningRate), Text(r.GradientNorm),
            Text(r.Reconstruction), Text(r.Codebook), Text(r.Perplexity), Text(r.Accuracy),
            Text(r.UsedCodes), Text(r.Perceptual), Text(r.Generator), Text(r.AdaptiveWeight), Text(r.Discriminator), Text(r.Watched));
    }

    private static MetricsRow Parse(string line)
    {
        static double? Value(string text) => text.Length == 0 ? null : double.Parse(text, CultureInfo.InvariantCulture);
        var cells = line.Split(',');
        if (cells.Length != Cells)
        {
            throw new FormatException($"'{line}' has {cells.Length} cells instead of {Cells}");
        }

        return new MetricsRow(
            cells[0], int.Parse(cells[1], CultureInfo.InvariantCulture),
            new StepReport(
                Value(cells[2]) ?? double.NaN, Value(cells[3]) ?? double.NaN, Value(cells[4]) ?? double.NaN,
                Value(cells[5]), Value(cells[6]), Value(cells[7]), Value(cells[8]),
                (int?)Value(cells[9]), Value(cells[10]), Value(cells[11]), Value(cells[12]), Value(cells[13]), Value(cells[14])));
    }
}
