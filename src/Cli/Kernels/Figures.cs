using System.Globalization;

namespace Mage.Cli.Kernels;

/// <summary>Large and small numbers with units.</summary>
internal static class Figures
{
    private static readonly string[] Prefixes = ["", "k", "M", "G", "T"];

    /// <summary>Three digits and a decimal prefix: <c>12.6 MB</c>.</summary>
    public static string Of(double value, string unit)
    {
        var power = 0;
        while (value >= 999.5 && power < Prefixes.Length - 1)
        {
            value /= 1000;
            power++;
        }

        return $"{Digits(value)} {Prefixes[power]}{unit}";
    }

    /// <summary>Microseconds, milliseconds or seconds.</summary>
    public static string Time(double seconds) => seconds switch
    {
        >= 1 => $"{Digits(seconds)} s",
        >= 1e-3 => $"{Digits(seconds * 1e3)} ms",
        _ => $"{Digits(seconds * 1e6)} µs",
    };

    /// <summary>Three digits.</summary>
    public static string Digits(double value) =>
        value.ToString(value >= 100 || value == 0 ? "0" : value >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);

    /// <summary>Operations per byte.</summary>
    public static string Intensity(long operations, long bytes) => bytes == 0 ? "-" : Digits((double)operations / bytes);

    /// <summary>A share, in percent.</summary>
    public static string Share(double share) => (share * 100).ToString("0", CultureInfo.InvariantCulture) + " %";
}
