using System.Globalization;

namespace Mage.Training;

/// <summary>A row of metrics.csv.</summary>
public readonly record struct MetricsRow(string Stage, int Step, StepReport Report);

/// <summary>
/// The file metrics.csv. It holds nothing that depends on the clock, so two equal runs write equal files, and a resumed
/// run first drops the rows that it is going to write again.
/// </summary>
public sealed class MetricsLog : IDisposable
{
    private const string Header = "stage,step,loss,learning_rate,gradient_norm,reconstruction,codebook,perplexity,accuracy";
    private readonly StreamWriter writer;

    private MetricsLog(StreamWriter writer) => this.writer = writer;

    /// <summary>Opens the log of a stage that goes on after <paramref name="step"/>; later rows, of this stage and those after it, are dropped.</summary>
    /// <param name="path">The file; made if it is missing.</param>
    /// <param name="stages">All stages in order.</param>
    /// <param name="stage">The stage that writes.</param>
    /// <param name="step">The last step that stays.</param>
    /// <exception cref="UserErrorException">The file cannot be read or written.</exception>
    public static MetricsLog Open(string path, IReadOnlyList<string> stages, string stage, int step)
    {
        var at = IndexOf(stages, stage);
        var kept = Read(path).Where(row => IndexOf(stages, row.Stage) < at || (row.Stage == stage && row.Step <= step));
        Data.AtomicFile.WriteText(path, string.Join('\n', kept.Select(Format).Prepend(Header)) + "\n");
        try
        {
            return new MetricsLog(new StreamWriter(path, append: true) { NewLine = "\n" });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"cannot write '{path}': {e.Message}", e);
        }
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

    /// <summary>Adds a row.</summary>
    public void Write(MetricsRow row) => writer.WriteLine(Format(row));

    /// <summary>Brings what was added to the disk.</summary>
    public void Flush() => writer.Flush();

    /// <inheritdoc/>
    public void Dispose() => writer.Dispose();

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
            Text(r.Reconstruction), Text(r.Codebook), Text(r.Perplexity), Text(r.Accuracy));
    }

    private static MetricsRow Parse(string line)
    {
        static double? Value(string text) => text.Length == 0 ? null : double.Parse(text, CultureInfo.InvariantCulture);
        var cells = line.Split(',');
        if (cells.Length != 9)
        {
            throw new FormatException($"'{line}' has {cells.Length} cells instead of 9");
        }

        return new MetricsRow(
            cells[0], int.Parse(cells[1], CultureInfo.InvariantCulture),
            new StepReport(
                Value(cells[2]) ?? double.NaN, Value(cells[3]) ?? double.NaN, Value(cells[4]) ?? double.NaN,
                Value(cells[5]), Value(cells[6]), Value(cells[7]), Value(cells[8])));
    }
}
