namespace Mage.Checkpoints.Stored;

/// <summary>Elements that do not lie in the order of their indices, as those of a transposed or expanded tensor, in that order.</summary>
internal sealed class StridedReader
{
    private readonly byte[] stretch;
    private readonly int[] shape;
    private readonly long[] strides;
    private readonly int width;
    private readonly int[] index;
    private long place;

    /// <summary>Reads the stretch that holds all elements.</summary>
    /// <exception cref="InvalidDataException">It is longer than an array can be.</exception>
    public StridedReader(StoredBytes bytes, long offset, int[] shape, long[] strides, int width)
    {
        var length = (1 + shape.Select((size, i) => (size - 1) * strides[i]).Sum()) * width;
        stretch = length <= Array.MaxLength
            ? new byte[length]
            : throw new InvalidDataException($"its elements are spread over {length} bytes; up to {Array.MaxLength} are read");
        bytes.Read(stretch, offset * width);
        (this.shape, this.strides, this.width, index) = (shape, strides, width, new int[shape.Length]);
    }

    /// <summary>The next elements, as many as fit.</summary>
    public void Next(Span<byte> destination)
    {
        for (var at = 0; at < destination.Length; at += width)
        {
            stretch.AsSpan((int)(place * width), width).CopyTo(destination[at..]);
            Advance();
        }
    }

    private void Advance()
    {
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            if (++index[i] < shape[i])
            {
                place += strides[i];
                return;
            }

            place -= (shape[i] - 1) * strides[i];
            index[i] = 0;
        }
    }
}
