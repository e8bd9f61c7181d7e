using System.Text.Json;

namespace Mage.Training;

/// <summary>
/// The file <c>log.txt</c>, as the official code's <c>main_pretrain.py</c> writes it: a line of JSON for every epoch, with the means of learning
/// rate and loss. They are taken over the rows of <c>metrics.csv</c>, so that a run that was stopped writes the same.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="stepsPerEpoch">Steps in which every image is seen once; need not be whole.</param>
public sealed class EpochLog(string path, double stepsPerEpoch)
{
    private readonly SortedDictionary<int, Sums> epochs = [];

    /// <summary>Counts a row of the stage.</summary>
    public void Add(MetricsRow row)
    {
        var epoch = (int)((row.Step - 1) / stepsPerEpoch);
        var sums = epochs.GetValueOrDefault(epoch);
        epochs[epoch] = new Sums(sums.Rows + 1, sums.LearningRate + row.Report.LearningRate, sums.Loss + row.Report.Loss);
    }

    /// <summary>Writes the lines of all epochs that have ended.</summary>
    /// <param name="step">Steps done.</param>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public void Write(int step) => AtomicFile.WriteText(
        path, string.Concat(epochs.Where(epoch => (epoch.Key + 1) * stepsPerEpoch <= step).Select(epoch => Line(epoch.Key, epoch.Value))));

    private static string Line(int epoch, Sums sums)
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory))
        {
            json.WriteStartObject();
            json.WriteNumber("train_lr", sums.LearningRate / sums.Rows);
            json.WriteNumber("train_loss", sums.Loss / sums.Rows);
            json.WriteNumber("epoch", epoch);
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(memory.ToArray()) + "\n";
    }

    /// <summary>The sums over the rows of an epoch.</summary>
    private readonly record struct Sums(int Rows, double LearningRate, double Loss);
}
