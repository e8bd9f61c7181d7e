using System.Buffers.Binary;

namespace Mage.Data.Png;

/// <summary>The first chunk: size and kind.</summary>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Color">0 grey, 2 colour, 3 palette, 4 grey with alpha, 6 colour with alpha.</param>
internal readonly record struct PngHeader(int Width, int Height, int Color)
{
    /// <summary>Bytes in a pixel as stored.</summary>
    public int Samples => Color switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };

    /// <exception cref="PngException">It is no header, or of a kind or size that is not read.</exception>
    public static PngHeader Parse(ReadOnlySpan<byte> content, uint name)
    {
        if (name != PngFormat.Name("IHDR"u8) || content.Length != 13)
        {
            throw new PngException("its header is missing");
        }

        var width = BinaryPrimitives.ReadUInt32BigEndian(content);
        var height = BinaryPrimitives.ReadUInt32BigEndian(content[4..]);
        var (depth, color, compression, filter, interlace) = (content[8], content[9], content[10], content[11], content[12]);
        if (width == 0 || height == 0)
        {
            throw new PngException($"its size is {width}x{height}");
        }

        if (width > PngFormat.MaxSide || height > PngFormat.MaxSide || (long)width * height > PngFormat.MaxPixels)
        {
            throw new PngException($"{width}x{height} pixels are more than are read ({PngFormat.MaxSide} a side, {PngFormat.MaxPixels} in all)");
        }

        if (color is not (0 or 2 or 3 or 4 or 6) || depth is not (1 or 2 or 4 or 8 or 16) || compression != 0 || filter != 0 || interlace > 1)
        {
            throw new PngException("its header is damaged");
        }

        if (depth != 8)
        {
            throw new PngException($"it has {depth} bits per sample; only 8 are read");
        }

        if (interlace != 0)
        {
            throw new PngException("it is interlaced, which is not read; save it without interlacing");
        }

        return new PngHeader((int)width, (int)height, color);
    }
}
