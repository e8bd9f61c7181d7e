using System.Diagnostics;

namespace Mage.Training.Progress;

/// <summary>Progress as lines, one every few seconds: for logs, pipes and terminals that cannot redraw.</summary>
public sealed class PlainProgress(TextWriter output, double everySeconds = 5) : IProgressDisplay
{
    /// <inheritdoc/>
    public void Run(string stage, int done, int total, int batch, Action<Action<int, StepReport>> work)
    {
        var clock = new StepClock(done, total, batch);
        clock.Tick(done);
        var last = Stopwatch.GetTimestamp();
        work((step, report) =>
        {
            clock.Tick(step);
            if (step == total || Stopwatch.GetElapsedTime(last).TotalSeconds >= everySeconds)
            {
                last = Stopwatch.GetTimestamp();
                output.WriteLine($"{stage}  {clock.Describe(report)}");
            }
        });
    }

    /// <inheritdoc/>
    public void Note(string line) => output.WriteLine(line);
}
