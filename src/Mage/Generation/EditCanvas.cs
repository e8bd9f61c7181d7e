namespace Mage.Generation;

/// <summary>Pixels of any height and width of which some are to be made anew.</summary>
/// <param name="Channels">Channels of a pixel.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Pixels">[C, H, W] in [0, 1]; what hidden ones hold does not matter.</param>
/// <param name="Hidden">[H, W]; true where a pixel is to be made anew.</param>
public sealed record EditCanvas(int Channels, int Height, int Width, float[] Pixels, bool[] Hidden)
{
    /// <summary>Makes sure that the arrays are as long as the sizes say.</summary>
    /// <exception cref="ArgumentException">They are not.</exception>
    public void Check()
    {
        if (Pixels.Length != Channels * Height * Width || Hidden.Length != Height * Width)
        {
            throw new ArgumentException($"{Pixels.Length} values and {Hidden.Length} marks are no canvas of {Channels}x{Height}x{Width}");
        }
    }

    /// <summary>The same in memory of its own.</summary>
    public EditCanvas Copy() => this with { Pixels = [.. Pixels], Hidden = [.. Hidden] };

    /// <summary>How many pixels of a square are hidden.</summary>
    public int CountHidden(int top, int left, int size)
        => Enumerable.Range(top, size).Sum(y => Hidden.AsSpan((y * Width) + left, size).Count(true));

    /// <summary>A square cut out of it.</summary>
    /// <returns>Pixels, [C, size, size], and which are hidden, [size, size].</returns>
    public (float[] Pixels, bool[] Hidden) Cut(int top, int left, int size)
    {
        var (pixels, hidden) = (new float[Channels * size * size], new bool[size * size]);
        for (var y = 0; y < size; y++)
        {
            Hidden.AsSpan(((top + y) * Width) + left, size).CopyTo(hidden.AsSpan(y * size));
            for (var c = 0; c < Channels; c++)
            {
                Pixels.AsSpan((((c * Height) + top + y) * Width) + left, size).CopyTo(pixels.AsSpan(((c * size) + y) * size));
            }
        }

        return (pixels, hidden);
    }

    /// <summary>Puts pixels in the place of hidden ones of a square, which then are hidden no more; the others stay.</summary>
    public void Fill(int top, int left, int size, ReadOnlySpan<float> pixels)
    {
        for (var y = 0; y < size; y++)
        {
            for (var x = 0; x < size; x++)
            {
                var place = ((top + y) * Width) + left + x;
                if (!Hidden[place])
                {
                    continue;
                }

                Hidden[place] = false;
                for (var c = 0; c < Channels; c++)
                {
                    Pixels[(c * Height * Width) + place] = Math.Clamp(pixels[(((c * size) + y) * size) + x], 0f, 1f);
                }
            }
        }
    }
}
