using System.Text.Json;

namespace Mage.Training;

/// <summary>
/// The file <c>log.txt</c>, as the official code's <c>main_pretrain.py</c> writes it: a line of JSON for every epoch, with the means of learning
/// rate and loss. They are taken over the rows of <c>metrics.csv</c>, so that a run that was stopped writes the same.
/// </summary>
public static class EpochLog
{
    /// <summary>Writes the lines of all epochs that have ended.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rows">Rows of the stage.</param>
    /// <param name="stepsPerEpoch">Steps in which every image is seen once; need not be whole.</param>
    /// <param name="step">Steps done.</param>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public static void Write(string path, IEnumerable<MetricsRow> rows, double stepsPerEpoch, int step)
    {
        var ended = rows.GroupBy(row => (int)((row.Step - 1) / stepsPerEpoch)).Where(epoch => (epoch.Key + 1) * stepsPerEpoch <= step);
        AtomicFile.WriteText(path, string.Concat(ended.OrderBy(epoch => epoch.Key).Select(Line)));
    }

    private static string Line(IGrouping<int, MetricsRow> epoch)
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory))
        {
            json.WriteStartObject();
            json.WriteNumber("train_lr", epoch.Average(row => row.Report.LearningRate));
            json.WriteNumber("train_loss", epoch.Average(row => row.Report.Loss));
            json.WriteNumber("epoch", epoch.Key);
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(memory.ToArray()) + "\n";
    }
}
