using System.Diagnostics;
using System.Globalization;

namespace Mage.Training.Progress;

/// <summary>Rate and time left, from the steps of the last half minute or so, so that a slow start is soon forgotten.</summary>
/// <param name="done">Steps done before the clock starts.</param>
/// <param name="total">Steps in all.</param>
/// <param name="batch">Images in a step.</param>
/// <param name="now">Seconds since some start; for tests. The system's clock if null.</param>
public sealed class StepClock(int done, int total, int batch, Func<double>? now = null)
{
    private const double Window = 30;
    private readonly Func<double> now = now ?? (() => Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency);
    private readonly Queue<(double Time, int Step)> marks = [];
    private int step = done;

    /// <summary>Steps done.</summary>
    public int Step => step;

    /// <summary>Images per second; 0 until it can be told.</summary>
    public double ImagesPerSecond { get; private set; }

    /// <summary>Time left; null until it can be told.</summary>
    public TimeSpan? Left => ImagesPerSecond > 0 ? TimeSpan.FromSeconds((total - step) * (double)batch / ImagesPerSecond) : null;

    /// <summary>Starts the clock, or notes that <paramref name="reached"/> steps are done.</summary>
    public void Tick(int reached)
    {
        step = reached;
        var time = now();
        marks.Enqueue((time, reached));
        while (marks.Count > 2 && time - marks.Peek().Time > Window)
        {
            marks.Dequeue();
        }

        var (since, first) = marks.Peek();
        if (time > since)
        {
            ImagesPerSecond = (reached - first) * (double)batch / (time - since);
        }
    }

    /// <summary>Step, rate, time left and loss on one line.</summary>
    public string Describe(StepReport report) => string.Create(
        CultureInfo.InvariantCulture,
        $"step {step}/{total}  {ImagesPerSecond:0} images/s  {(Left is { } left ? Format(left) : "--:--")} " +
        $"left  loss {report.Loss:0.0000}{Extra(report)}");

    /// <summary>Minutes and seconds, and hours if there are any.</summary>
    public static string Format(TimeSpan time) =>
        time.ToString(time.TotalHours >= 1 ? @"d\.hh\:mm\:ss" : @"mm\:ss", CultureInfo.InvariantCulture) switch
        {
            ['0', '.', .. var hours] => hours,
            var text => text,
        };

    private static string Extra(StepReport report) => report switch
    {
        { Accuracy: { } accuracy } => string.Create(CultureInfo.InvariantCulture, $"  accuracy {accuracy:0.0%}"),
        { Perplexity: { } perplexity } => string.Create(CultureInfo.InvariantCulture, $"  codes {perplexity:0}"),
        _ => "",
    };
}
