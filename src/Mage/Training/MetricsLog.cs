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
    private const int OldestColumns = 9;
    private static readonly string[] Columns = ["stage", "step", .. default(StepReport).Numbers.Select(number => number.Name)];
    private static readonly string Header = string.Join(',', Columns);
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
            if (lines.Length == 0)
            {
                return [];
            }

            // A file of an older version lacks the last columns.
            var columns = lines[0].Split(',');
            return columns.Length >= OldestColumns && columns.SequenceEqual(Columns.Take(columns.Length))
                ? [.. lines.Skip(1).Select(line => Parse(line, columns.Length))]
                : throw new UserErrorException($"'{path}' is not a metrics file of this version");
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
        return string.Join(
            ',', [row.Stage, row.Step.ToString(CultureInfo.InvariantCulture), .. row.Report.Numbers.Select(number => Text(number.Value))]);
    }

    private static MetricsRow Parse(string line, int columns)
    {
        var cells = line.Split(',');
        if (cells.Length != columns)
        {
            throw new FormatException($"'{line}' has {cells.Length} cells instead of {columns}");
        }

        double? Value(int column) =>
            column >= columns || cells[column].Length == 0 ? null : double.Parse(cells[column], CultureInfo.InvariantCulture);
        return new MetricsRow(
            cells[0], int.Parse(cells[1], CultureInfo.InvariantCulture),
            new StepReport(
                Value(2) ?? double.NaN, Value(3) ?? double.NaN, Value(4) ?? double.NaN, Value(5), Value(6), Value(7), Value(8), Value(9),
                (int?)Value(10), Value(11), Value(12), Value(13), Value(14), Value(15)));
    }
}
