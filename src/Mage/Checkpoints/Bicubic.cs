namespace Mage.Checkpoints;

/// <summary>
/// Resizing by cubic convolution (Keys 1981, with a = -0.75), without filtering before and with pixel centres at halves: PyTorch's
/// <c>interpolate</c> in the mode <c>bicubic</c> with <c>align_corners</c> false, by which tables of positions are resized.
/// </summary>
internal static class Bicubic
{
    private const double A = -0.75;
    private const int Taps = 4;

    /// <summary>Resizes a square of rows.</summary>
    /// <param name="image"><c>[from, from, channels]</c>.</param>
    /// <param name="channels">Numbers in a place.</param>
    /// <param name="from">Places along a side.</param>
    /// <param name="to">Places along a side of the result.</param>
    /// <returns><c>[to, to, channels]</c>.</returns>
    public static float[] Resize(ReadOnlySpan<float> image, int channels, int from, int to)
    {
        var result = new float[to * to * channels];
        var axis = Enumerable.Range(0, to).Select(place => Source(place, from, to)).ToArray();
        for (var place = 0; place < to * to; place++)
        {
            var (rows, columns) = (axis[place / to], axis[place % to]);
            var pixel = result.AsSpan(place * channels, channels);
            for (var tap = 0; tap < Taps * Taps; tap++)
            {
                var (row, rowWeight) = rows[tap / Taps];
                var (column, columnWeight) = columns[tap % Taps];
                var source = image.Slice(((row * from) + column) * channels, channels);
                for (var i = 0; i < channels; i++)
                {
                    pixel[i] += (float)(rowWeight * columnWeight * source[i]);
                }
            }
        }

        return result;
    }

    /// <summary>The places that a place of the result is a mean of, and their weights. Beyond the border the last place counts on.</summary>
    private static (int Place, double Weight)[] Source(int place, int from, int to)
    {
        var at = ((place + 0.5) * from / to) - 0.5;
        var first = (int)Math.Floor(at);
        return [.. Enumerable.Range(first - 1, Taps).Select(tap => (Math.Clamp(tap, 0, from - 1), Weight(Math.Abs(at - tap))))];
    }

    private static double Weight(double distance) => distance switch
    {
        <= 1 => ((((A + 2) * distance) - (A + 3)) * distance * distance) + 1,
        < 2 => A * ((((distance - 5) * distance) + 8) * distance - 4),
        _ => 0,
    };
}
