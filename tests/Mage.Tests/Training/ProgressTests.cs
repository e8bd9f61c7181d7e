using Mage.Cli.Output;
using Mage.Training.Progress;
using Spectre.Console;
using Xunit;

namespace Mage.Tests.Training;

public class ProgressTests
{
    [Fact]
    public void RateAndTimeLeftComeFromTheClock()
    {
        var time = 0.0;
        var clock = new StepClock(100, 1100, 10, () => time);
        clock.Tick(100);
        Assert.Null(clock.Left);
        time = 5;
        clock.Tick(150);
        Assert.Equal(100, clock.ImagesPerSecond, 1e-9);
        Assert.Equal(95, clock.Left!.Value.TotalSeconds, 1e-9);
        Assert.Equal(
            "step 150/1100  100 images/s  01:35 left  loss 0.5000  accuracy 12.5%", clock.Describe(new StepReport(0.5, 0, 0, Accuracy: 0.125)));
    }

    [Fact]
    public void ASlowStartIsForgotten()
    {
        var time = 0.0;
        var clock = new StepClock(0, 1000, 1, () => time);
        clock.Tick(0);
        for (var step = 1; step <= 200; step++)
        {
            time += step == 1 ? 60 : 1;
            clock.Tick(step);
        }

        Assert.Equal(1, clock.ImagesPerSecond, 1e-9);
    }

    [Theory]
    [InlineData(59, "00:59")]
    [InlineData(3599, "59:59")]
    [InlineData(3600, "01:00:00")]
    [InlineData(90061, "1.01:01:01")]
    public void TimesAreShort(int seconds, string expected) => Assert.Equal(expected, StepClock.Format(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void PlainProgressAlwaysShowsTheEnd()
    {
        var output = new StringWriter();
        new PlainProgress(output, everySeconds: 1000).Run("mage", 0, 3, 2, report =>
        {
            for (var step = 1; step <= 3; step++)
            {
                report(step, new StepReport(1, 0, 0));
            }
        });
        Assert.StartsWith("mage  step 3/3", Assert.Single(output.ToString().TrimEnd().Split('\n')));
    }

    [Fact]
    public void LiveProgressRunsTheWorkAndPassesItsErrorsOn()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(new StringWriter()) });
        var done = 0;
        new LiveProgress(console).Run("mage [x]", 1, 3, 2, report =>
        {
            report(2, new StepReport(1, 0, 0, 0.1, 0.2, 3));
            done = 2;
        });
        Assert.Equal(2, done);
        Assert.Throws<OperationCanceledException>(
            () => new LiveProgress(console).Run("mage", 0, 3, 2, _ => throw new OperationCanceledException()));
    }
}
