using Mage.Tests.Training;
using Mage.Training;
using Xunit;

namespace Mage.Tests.Cli;

/// <summary>A run folder and several processes of the built command, some of them killed.</summary>
[Collection(AloneCollection.Name)]
public sealed class OneProcessTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(20, true)]
    [InlineData(5, false)]
    public void OfTwoThatResumeAtOnceOneGoesOn(int tries, bool locks)
    {
        // Without anybody beside it: what the other has to come to.
        using var alone = Begin(locks, "alone");
        alone.Until(() => Rows("alone") >= 30);
        alone.Kill();
        using (var killed = Begin(locks, "run"))
        {
            killed.Until(() => File.Exists(folder["run", "mage.checkpoint.safetensors"]));
            killed.Kill();
        }

        for (var i = 0; i < tries; i++)
        {
            using var first = CommandProcess.Start(locks, "train", "--resume", folder["run"]);
            using var second = CommandProcess.Start(locks, "train", "--resume", folder["run"]);
            var either = first.HasEnded ? second : first;
            either.Until(() => first.HasEnded || second.HasEnded || (first.Output + second.Output).Contains("run folder"));
            SpinWait.SpinUntil(() => first.HasEnded || second.HasEnded, TimeSpan.FromMinutes(5));
            var (winner, loser) = first.HasEnded ? (second, first) : (first, second);
            RefusedFor(loser.End(), winner.Id);
            winner.Until(() => winner.Output.Contains("run folder"));
            if (i % 5 == 0)
            {
                var before = Checkpoint();
                winner.Until(() => Checkpoint() != before);
            }

            winner.Kill();
        }

        AssertSame();
    }

    [Fact]
    public void ALiveRunIsNotResumedAndStopsWhenAsked()
    {
        using var live = Begin(true, "run");
        live.Until(() => live.Output.Contains("run folder"));
        for (var i = 0; i < 20; i++)
        {
            using var other = CommandProcess.Start(true, "train", "--resume", folder["run"]);
            RefusedFor(other.End(), live.Id);
        }

        using (var other = Begin(true, "run"))
        {
            Assert.Contains("is not empty", other.End().Error);
        }

        using (var generate = CommandProcess.Start(true, "generate", folder["run"]))
        {
            var (code, error) = generate.End();
            Assert.Equal(2, code);
            Assert.Contains("not finished", error);
            Assert.Contains($"process {live.Id} on host", error);
        }

        live.Until(() => Rows("run") >= 10);
        live.Terminate();
        var (stopped, how) = live.End();
        Assert.Equal(130, stopped);
        Assert.Contains($"go on with: mage-dsl train --resume {folder["run"]}", Assert.Single(how.TrimEnd().Split('\n')));
        Assert.True(File.Exists(folder["run", "mage.checkpoint.safetensors"]));
        Assert.False(File.Exists(folder["run", "mage.safetensors"]));
        Assert.False(File.Exists(folder["run", ".lock-holder"]));
        AssertWhole("run");
    }

    [Fact]
    public void OfSeveralThatBeginAtOnceOneDoes()
    {
        CommandProcess[] all = [.. Enumerable.Range(0, 3).Select(_ => Begin(true, "run"))];
        try
        {
            SpinWait.SpinUntil(() => all.Count(one => one.HasEnded) == 2, TimeSpan.FromMinutes(5));
            var winner = Assert.Single(all, one => !one.HasEnded);
            winner.Until(() => Rows("run") > 0);
            Assert.All(all.Where(one => one != winner), one =>
            {
                var (code, error) = one.End();
                Assert.Equal(2, code);
                Assert.Matches("in use by process|exists and is not empty", Assert.Single(error.TrimEnd().Split('\n')));
            });
        }
        finally
        {
            Array.ForEach(all, one => one.Dispose());
        }
    }

    private CommandProcess Begin(bool locks, string run) => CommandProcess.Start(
        locks, "train", "--preset", "tiny", "--data", CommandTests.Data(folder), "--out", folder[run], "--image-size", "8", "--tokenizer-steps", "2",
        "--mage-steps", "1000000", "--set", "logEvery=1", "--set", "checkpointEvery=5");

    private int Rows(string run) => File.Exists(folder[run, "metrics.csv"]) ? MetricsLog.Read(folder[run, "metrics.csv"]).Count : 0;

    private DateTime Checkpoint() => File.GetLastWriteTimeUtc(folder["run", "mage.checkpoint.safetensors"]);

    private static void RefusedFor((int Code, string Error) end, int holder)
    {
        Assert.Equal(2, end.Code);
        Assert.Contains($"in use by process {holder} on host {Environment.MachineName}", Assert.Single(end.Error.TrimEnd().Split('\n')));
    }

    /// <summary>Every step has its row, once.</summary>
    private IReadOnlyList<MetricsRow> AssertWhole(string run)
    {
        var rows = MetricsLog.Read(folder[run, "metrics.csv"]);
        Assert.Equal(Enumerable.Range(1, 2), rows.Where(row => row.Stage == "tokenizer").Select(row => row.Step));
        Assert.Equal(Enumerable.Range(1, rows.Count - 2), rows.Skip(2).Select(row => row.Step));
        return rows;
    }

    private void AssertSame()
    {
        var (alone, killed) = (AssertWhole("alone"), AssertWhole("run"));
        var both = Math.Min(alone.Count, killed.Count);
        Assert.InRange(both, 10, int.MaxValue);
        Assert.Equal(alone.Take(both), killed.Take(both));
    }
}
