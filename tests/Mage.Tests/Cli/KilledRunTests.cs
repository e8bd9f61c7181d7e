using Mage.Tests.Training;
using Mage.Training;

namespace Mage.Tests.Cli;

/// <summary>
/// A run whose process is killed at any moment goes on to the same bytes as one that nobody disturbed. <c>MAGEDSL_KILLS</c> says at how many moments
/// (4).
/// </summary>
[Collection(AloneCollection.Name)]
public sealed class KilledRunTests : IDisposable
{
    private const int TokenizerSteps = 60;
    private const int Steps = 210;

    // A step takes milliseconds, and so does writing a checkpoint; what comes before the first step and after the last takes longer.
    private static readonly TimeSpan ShortDelay = TimeSpan.FromMilliseconds(60);
    private static readonly TimeSpan LongDelay = TimeSpan.FromMilliseconds(800);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_run_killed_at_any_moment_comes_to_the_same_bytes()
    {
        var moments = int.TryParse(Environment.GetEnvironmentVariable("MAGEDSL_KILLS"), out var asked) ? asked : 4;
        Finish(Begin("alone"));
        var (expected, random) = (Files("alone"), new Random(20));
        Assert.Equal(
            [
                "classes.txt", "config.json", "fingerprints.json", "inpainting.png", "log.txt", "loss.png", "mage-ema.safetensors",
                "mage.safetensors", "metrics.csv", "reconstructions.png", "samples-000060.png", "samples-000120.png", "samples.png",
                "summary.json", "tokenizer.safetensors",
            ],
            expected.Keys);
        var left = new List<string>();
        for (var i = 0; i < moments; i++)
        {
            var run = $"run{i}";

            // One moment in each part of the run, and every second run is killed once more on its way.
            left.Add(Kill(Begin(run), run, (i + random.NextDouble()) / moments, random.NextDouble()));
            if (i % 2 == 1 && File.Exists(folder[run, "config.json"]))
            {
                left.Add(Kill(Resume(run), run, random.NextDouble(), random.NextDouble()));
            }

            // Killed before it had settings, there is nothing to go on with, and nothing in the way of beginning anew.
            Finish(File.Exists(folder[run, "config.json"]) ? Resume(run) : Begin(run));
            var found = Files(run);
            Assert.Equal(expected.Keys, found.Keys);
            Assert.All(expected, file => Assert.True(file.Value.SequenceEqual(found[file.Key]), $"{file.Key} of {run}, killed with {left[^1]}"));
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', left));
    }

    private static void Finish(CommandProcess process)
    {
        using (process)
        {
            Assert.Equal((0, ""), process.End());
        }
    }

    /// <summary>Kills it, and says what it had come to.</summary>
    /// <param name="process">The run.</param>
    /// <param name="run">Its name.</param>
    /// <param name="share">How much it does before of the steps that are left.</param>
    /// <param name="delay">How long it may go on after them, as a share of the longest time.</param>
    private string Kill(CommandProcess process, string run, double share, double delay)
    {
        using (process)
        {
            // Steps and not seconds, since nobody knows how busy the machine is. A few before the first, and after the last.
            var done = Rows(run);
            var steps = done + (int)(share * (Steps + 20 - done)) - 10;
            SpinWait.SpinUntil(() => process.HasEnded || steps <= 0 || Rows(run) >= Math.Min(steps, Steps), TimeSpan.FromMinutes(5));
            SpinWait.SpinUntil(() => process.HasEnded, delay * (steps <= 0 || steps > Steps ? LongDelay : ShortDelay));
            var ended = process.HasEnded;
            if (!ended)
            {
                process.Kill();
            }

            var files = Directory.Exists(folder[run]) ? Directory.GetFiles(folder[run]) : [];
            var names = files.Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);
            return $"{run} {(ended ? "had ended" : "killed")} with {Rows(run)} rows: {string.Join(' ', names)}";
        }
    }

    private int Rows(string run) => File.Exists(folder[run, "metrics.csv"]) ? MetricsLog.Read(folder[run, "metrics.csv"]).Count : 0;

    private CommandProcess Begin(string run) => CommandProcess.Start(
        true, "train", "--preset", "tiny", "--data", CommandTests.Data(folder), "--out", folder[run], "--image-size", "8",
        "--tokenizer-steps", $"{TokenizerSteps}", "--mage-steps", $"{Steps - TokenizerSteps}", "--set", "logEvery=1", "--set", "checkpointEvery=3",
        "--set", "sampleEvery=60", "--set", "data.crop=strong", "--set", "mage.contrast.kind=views", "--set", "mage.training.emaDecay=0.9",
        "--set", "mage.dropPath=0.1");

    private CommandProcess Resume(string run) => CommandProcess.Start(true, "train", "--resume", folder[run]);

    /// <summary>What a run has left, but for the lock.</summary>
    private SortedDictionary<string, byte[]> Files(string run) => new(
        Directory.GetFiles(folder[run]).Where(path => Path.GetFileName(path) != ".lock")
            .ToDictionary(path => Path.GetFileName(path), File.ReadAllBytes),
        StringComparer.Ordinal);
}
