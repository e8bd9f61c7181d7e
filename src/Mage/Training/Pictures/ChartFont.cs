using ScottPlot;
using SkiaSharp;

namespace Mage.Training.Pictures;

/// <summary>
/// The font of charts, embedded, because a machine may have none and Skia without dependencies looks for none on Linux: the ASCII part
/// of DejaVu Sans.
/// </summary>
internal sealed class ChartFont : IFontResolver
{
    /// <summary>What charts call it.</summary>
    public const string Name = "MageDsl chart";

    private static readonly Lazy<SKTypeface> Typeface = new(Load);

    /// <summary>Makes the font known to ScottPlot, once.</summary>
    static ChartFont() => Fonts.FontResolvers.Add(new ChartFont());

    private ChartFont()
    {
    }

    /// <summary>Gives all texts of a plot the font.</summary>
    public static void Apply(Plot plot) => plot.Font.Set(Name);

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
        fontName == Name ? Typeface.Value : null;

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => fontName == Name ? Typeface.Value : null;

    private static SKTypeface Load()
    {
        using var stream = typeof(ChartFont).Assembly.GetManifestResourceStream("ChartFont.ttf");
        return SKTypeface.FromStream(stream);
    }
}
