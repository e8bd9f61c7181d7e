using System.Diagnostics;
using Mage.Tests.Training;

namespace Mage.Tests.Cli;

/// <summary>
/// A run whose process is killed at any moment goes on to the same bytes as one that nobody disturbed. <c>MAGEDSL_KILLS</c> says at how many moments
/// (4).
/// </summary>
[Collection(AloneCollection.Name)]
public sealed class KilledRunTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_run_killed_at_any_moment_comes_to_the_same_bytes()
    {
        var moments = int.TryParse(Environment.GetEnvironmentVariable("MAGEDSL_KILLS"), out var asked) ? asked : 4;
        var since = Stopwatch.GetTimestamp();
        Finish(Begin("alone"));
        var length = Stopwatch.GetElapsedTime(since);
        var (expected, random) = (Files("alone"), new Random(20));
        Assert.Equal(
            [
                "config.json", "fingerprints.json", "inpainting.png", "loss.png", "mage.safetensors", "metrics.csv", "reconstructions.png",
                "samples.png", "summary.json", "tokenizer.safetensors",
            ],
            expected.Keys);
        var left = new List<string>();
        for (var i = 0; i < moments; i++)
        {
            // One moment in each part of the run, and every second run is killed once more on its way.
            var run = $"run{i}";
            left.Add(KillAfter(Begin(run), length * ((i + random.NextDouble()) / moments), run));
            if (i % 2 == 1 && File.Exists(folder[run, "config.json"]))
            {
                left.Add(KillAfter(Resume(run), length * random.NextDouble() / 2, run));
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
    private string KillAfter(CommandProcess process, TimeSpan time, string run)
    {
        using (process)
        {
            var since = Stopwatch.GetTimestamp();
            SpinWait.SpinUntil(() => process.HasEnded, time);
            var after = Stopwatch.GetElapsedTime(since);
            if (!process.HasEnded)
            {
                process.Kill();
            }

            var files = Directory.Exists(folder[run]) ? Directory.GetFiles(folder[run]) : [];
            return $"{run} killed after {after.TotalSeconds:0.00} s: {string.Join(' ', files.Select(path => Path.GetFileName(path)).Order())}";
        }
    }

    private CommandProcess Begin(string run) => CommandProcess.Start(
        true, "train", "--preset", "tiny", "--data", CommandTests.Data(folder), "--out", folder[run], "--image-size", "8", "--tokenizer-steps", "60",
        "--mage-steps", "150", "--set", "logEvery=1", "--set", "checkpointEvery=3");

    private CommandProcess Resume(string run) => CommandProcess.Start(true, "train", "--resume", folder[run]);

    /// <summary>What a run has left, but for the lock.</summary>
    private SortedDictionary<string, byte[]> Files(string run) => new(
        Directory.GetFiles(folder[run]).Where(path => Path.GetFileName(path) != ".lock").ToDictionary(path => Path.GetFileName(path), File.ReadAllBytes),
        StringComparer.Ordinal);
}
