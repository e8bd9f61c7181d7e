using System.Diagnostics;

namespace Mage.Cli.Output;

/// <summary>Says every few seconds how many images are done, and how many a second.</summary>
/// <param name="console">Where.</param>
/// <param name="what">What is done to them, as the beginning of the line.</param>
/// <param name="total">Images in all.</param>
internal sealed class RateNotes(CommandConsole console, string what, int total)
{
    private const double EverySeconds = 5;

    private readonly long start = Stopwatch.GetTimestamp();
    private double noted;

    /// <summary>Notes that so many are done.</summary>
    public void Report(int done)
    {
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (seconds - noted >= EverySeconds)
        {
            noted = seconds;
            console.Line(FormattableString.Invariant($"{what} {done} of {total} images, {done / seconds:0} a second"));
        }
    }
}
