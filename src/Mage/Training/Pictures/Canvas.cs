using Mage.Data.Png;

namespace Mage.Training.Pictures;

/// <summary>A colour.</summary>
public readonly record struct Color(byte Red, byte Green, byte Blue)
{
    /// <summary>Paper.</summary>
    public static readonly Color White = new(255, 255, 255);

    /// <summary>This colour mixed into white; 0 is white, 1 the colour itself.</summary>
    public Color Tint(double strength)
    {
        byte Lighten(byte value) => (byte)Math.Round(255 + ((value - 255) * strength));
        return new Color(Lighten(Red), Lighten(Green), Lighten(Blue));
    }
}

/// <summary>Draws rectangles, smooth lines and text onto a picture with three channels.</summary>
public sealed class Canvas
{
    /// <summary>A sheet of one colour.</summary>
    public Canvas(int width, int height, Color paper)
    {
        Image = new PixelImage(width, height, 3);
        Fill(0, 0, width, height, paper);
    }

    /// <summary>The picture.</summary>
    public PixelImage Image { get; }

    /// <summary>Fills a rectangle; what lies outside the picture is left out.</summary>
    public void Fill(int x, int y, int width, int height, Color color)
    {
        for (var row = Math.Max(0, y); row < Math.Min(Image.Height, y + height); row++)
        {
            for (var column = Math.Max(0, x); column < Math.Min(Image.Width, x + width); column++)
            {
                Blend(column, row, color, 1);
            }
        }
    }

    /// <summary>Writes text with its upper left corner at a place.</summary>
    /// <param name="text">One line.</param>
    /// <param name="x">Left.</param>
    /// <param name="y">Top.</param>
    /// <param name="color">Ink.</param>
    /// <param name="scale">Pixels per font pixel.</param>
    public void Text(string text, int x, int y, Color color, int scale = 2)
    {
        for (var i = 0; i < text.Length; i++)
        {
            for (var row = 0; row < BitmapFont.Height; row++)
            {
                for (var column = 0; column < BitmapFont.Width; column++)
                {
                    if (BitmapFont.Ink(text[i], column, row))
                    {
                        Fill(x + (((i * BitmapFont.Advance) + column) * scale), y + (row * scale), scale, scale, color);
                    }
                }
            }
        }
    }

    /// <summary>A straight line with smooth edges: each pixel is covered by how far it lies inside the line's width.</summary>
    public void Line(double x0, double y0, double x1, double y1, Color color, double width)
    {
        var reach = (width / 2) + 1;
        var (dx, dy) = (x1 - x0, y1 - y0);
        var length = (dx * dx) + (dy * dy);
        for (var y = (int)Math.Floor(Math.Min(y0, y1) - reach); y <= Math.Max(y0, y1) + reach; y++)
        {
            for (var x = (int)Math.Floor(Math.Min(x0, x1) - reach); x <= Math.Max(x0, x1) + reach; x++)
            {
                var along = length == 0 ? 0 : Math.Clamp((((x + 0.5 - x0) * dx) + ((y + 0.5 - y0) * dy)) / length, 0, 1);
                var (ex, ey) = (x + 0.5 - x0 - (along * dx), y + 0.5 - y0 - (along * dy));
                Blend(x, y, color, Math.Clamp((width / 2) + 0.5 - Math.Sqrt((ex * ex) + (ey * ey)), 0, 1));
            }
        }
    }

    private void Blend(int x, int y, Color color, double cover)
    {
        if (cover <= 0 || x < 0 || y < 0 || x >= Image.Width || y >= Image.Height)
        {
            return;
        }

        var pixel = Image[x, y];
        pixel[0] = Mix(pixel[0], color.Red, cover);
        pixel[1] = Mix(pixel[1], color.Green, cover);
        pixel[2] = Mix(pixel[2], color.Blue, cover);
    }

    private static byte Mix(byte under, byte over, double cover) => (byte)Math.Round(under + ((over - under) * cover));
}
