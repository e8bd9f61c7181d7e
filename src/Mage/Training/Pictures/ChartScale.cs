using System.Globalization;

namespace Mage.Training.Pictures;

/// <summary>Maps values to a part of an axis, and picks round numbers for its ticks.</summary>
public sealed class ChartScale
{
    private readonly double low;
    private readonly double high;
    private readonly bool logarithmic;

    private ChartScale(double low, double high, bool logarithmic, IReadOnlyList<double> ticks) =>
        (this.low, this.high, this.logarithmic, Ticks) = (low, high, logarithmic, ticks);

    /// <summary>Where to put ticks, ascending.</summary>
    public IReadOnlyList<double> Ticks { get; }

    /// <summary>
    /// A scale for values between <paramref name="min"/> and <paramref name="max"/>; logarithmic where that is allowed and
    /// they span more than a factor of 20.
    /// </summary>
    public static ChartScale For(double min, double max, int ticks, bool mayBeLogarithmic)
    {
        if (mayBeLogarithmic && min > 0 && max / min > 20)
        {
            return new ChartScale(Math.Log10(min) - 0.05, Math.Log10(max) + 0.05, true, LogarithmicTicks(min, max));
        }

        if (max <= min)
        {
            (min, max) = (min - Math.Max(Math.Abs(min) * 0.1, 1e-3), max + Math.Max(Math.Abs(max) * 0.1, 1e-3));
        }

        var step = RoundStep((max - min) / ticks);
        var list = new List<double>();
        for (var i = Math.Ceiling((min / step) - 1e-9); i * step <= max + (step * 1e-9); i++)
        {
            list.Add((i * step) + 0.0); // + 0.0 makes -0 a 0, so that no label reads "-0"
        }

        return new ChartScale(min, max, false, list);
    }

    /// <summary>The place of a value: 0 at the low end, 1 at the high end.</summary>
    public double Place(double value) => ((logarithmic ? Math.Log10(value) : value) - low) / (high - low);

    /// <summary>A value as a tick's label.</summary>
    public static string Label(double value) => Math.Abs(value) >= 10_000
        ? (value / 1000).ToString("0.#", CultureInfo.InvariantCulture) + "k"
        : value.ToString(Math.Abs(value) is > 0 and < 1e-3 ? "0.#E+0" : "0.####", CultureInfo.InvariantCulture);

    private static double RoundStep(double rough)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        return (rough / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 } * power;
    }

    private static List<double> LogarithmicTicks(double min, double max)
    {
        var ticks = new List<double>();
        for (var power = (int)Math.Floor(Math.Log10(min)); power <= Math.Ceiling(Math.Log10(max)); power++)
        {
            ticks.AddRange(new[] { 1.0, 2, 5 }.Select(digit => digit * Math.Pow(10, power)).Where(tick => tick >= min && tick <= max));
        }

        // Over many powers of ten, the powers alone are enough.
        return ticks.Count > 9 ? [.. ticks.Where(tick => Math.Abs(Math.Log10(tick) - Math.Round(Math.Log10(tick))) < 1e-9)] : ticks;
    }
}
