using MageDsl;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Mage.Checkpoints.Stored;

/// <summary>
/// A tensor of a file: what it is, and where its elements lie. They are read when somebody asks, a piece at a time, so that a model that is
/// loaded is in memory once.
/// </summary>
internal sealed class StoredTensor
{
    // Elements that are read at once.
    private const int Chunk = 1 << 16;

    private readonly StoredBytes bytes;
    private readonly long offset;
    private readonly int[] shape;
    private readonly long[] strides;

    /// <summary>A tensor whose elements the caller has found to lie within the bytes.</summary>
    /// <param name="bytes">Its elements, and perhaps those of others.</param>
    /// <param name="type">Their type.</param>
    /// <param name="offset">The first, counted in elements.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="strides">Elements from one index to the next of each dimension; null for row-major.</param>
    public StoredTensor(StoredBytes bytes, StoredType type, long offset, int[] shape, long[]? strides = null)
    {
        var dense = Dense(shape);
        (this.bytes, Type, this.offset, this.shape, this.strides) = (bytes, type, offset, shape, strides ?? dense);
        Count = shape.Aggregate(1L, (product, size) => product * size);
        IsDense = Count == 0 || shape.Select((size, i) => size == 1 || this.strides[i] == dense[i]).All(same => same);
    }

    /// <summary>What the elements are in the file.</summary>
    public StoredType Type { get; }

    /// <summary>Elements.</summary>
    public long Count { get; }

    /// <summary>Sizes.</summary>
    public ReadOnlySpan<int> Shape => shape;

    /// <summary>Whether the elements lie one after the other, row by row.</summary>
    private bool IsDense { get; }

    /// <summary>The tensor as a module takes it.</summary>
    public StateValue ToStateValue() => new(Type.InMemory(), shape, CopyTo);

    /// <summary>A copy in memory, in the current scope.</summary>
    /// <param name="single">Whether Float64 becomes Float32.</param>
    /// <exception cref="InvalidDataException">An integer does not fit into 32 bits.</exception>
    public Tensor ToTensor(bool single = false)
    {
        var type = Type.InMemory();
        var tensor = Tensor.Empty(single && type == ElementType.Float64 ? ElementType.Float32 : type, shape);
        CopyTo(tensor);
        return tensor;
    }

    /// <summary>Copies the elements into a tensor of the same shape, converting them.</summary>
    /// <exception cref="InvalidDataException">An integer does not fit into 32 bits.</exception>
    public void CopyTo(Tensor destination)
    {
        var start = 0L;
        if (Type.IsPlain() && Type.InMemory() == destination.Type)
        {
            foreach (var piece in Pieces())
            {
                destination.WriteBytes(piece.Span, start);
                start += piece.Length;
            }

            return;
        }

        var (singles, ids) = (new float[Chunk], new int[Chunk]);
        foreach (var piece in Values())
        {
            var values = piece.Span;
            switch (destination.Type)
            {
                case ElementType.Float64:
                    destination.Write(values, start);
                    break;
                case ElementType.Float32:
                    TensorPrimitives.ConvertTruncating(values, singles.AsSpan());
                    destination.Write<float>(singles.AsSpan(0, values.Length), start);
                    break;
                default:
                    Ids(values, ids);
                    destination.Write<int>(ids.AsSpan(0, values.Length), start);
                    break;
            }

            start += values.Length;
        }
    }

    /// <summary>The elements as numbers, row-major, some at a time; each piece is good until the next.</summary>
    public IEnumerable<ReadOnlyMemory<double>> Values()
    {
        var values = new double[Math.Min(Chunk, Count)];
        foreach (var piece in Pieces())
        {
            var part = values.AsMemory(0, piece.Length / Type.Bytes());
            Type.Decode(piece.Span, part.Span);
            yield return part;
        }
    }

    private static long[] Dense(int[] shape)
    {
        var strides = new long[shape.Length];
        var step = 1L;
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            (strides[i], step) = (step, step * Math.Max(1, shape[i]));
        }

        return strides;
    }

    private static void Ids(ReadOnlySpan<double> values, Span<int> ids)
    {
        try
        {
            TensorPrimitives.ConvertChecked(values, ids);
        }
        catch (OverflowException)
        {
            throw new InvalidDataException("it holds a number that does not fit into 32 bits");
        }
    }

    /// <summary>The elements as they are stored, row-major.</summary>
    private IEnumerable<ReadOnlyMemory<byte>> Pieces()
    {
        var width = Type.Bytes();
        var buffer = new byte[Math.Min(Chunk, Count) * width];
        var gather = IsDense ? null : new StridedReader(bytes, offset, shape, strides, width);
        for (var start = 0L; start < Count; start += Chunk)
        {
            var part = buffer.AsMemory(0, (int)Math.Min(Chunk, Count - start) * width);
            if (gather is null)
            {
                bytes.Read(part.Span, (offset + start) * width);
            }
            else
            {
                gather.Next(part.Span);
            }

            yield return part;
        }
    }
}
