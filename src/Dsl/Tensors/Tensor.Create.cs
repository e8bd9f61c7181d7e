using System.Numerics.Tensors;

namespace MageDsl;

/// <summary>Making tensors, and host-side access to their elements.</summary>
public sealed unsafe partial class Tensor
{
    /// <summary>A tensor with undefined content.</summary>
    /// <exception cref="ArgumentException">A size is negative.</exception>
    public static Tensor Empty(ElementType type, params ReadOnlySpan<int> shape)
    {
        var count = CountOf(shape);
        var storage = new TensorStorage((nuint)checked(count * type.Bytes()), TensorScope.Current is not null);
        return new Tensor(storage, type, shape.ToArray(), count);
    }

    /// <summary>A tensor of zeros.</summary>
    public static Tensor Zeros(ElementType type, params ReadOnlySpan<int> shape)
    {
        var tensor = Empty(type, shape);
        tensor.Clear();
        return tensor;
    }

    /// <summary>A tensor of <paramref name="value"/>, rounded to the type; with no shape, a scalar.</summary>
    public static Tensor Full(ElementType type, double value, params ReadOnlySpan<int> shape)
    {
        var tensor = Empty(type, shape);
        tensor.Fill(value);
        return tensor;
    }

    /// <summary>A vector, copied.</summary>
    public static Tensor From(ReadOnlySpan<float> values) => From(values, values.Length);

    /// <summary>A Float32 tensor, copied row-major.</summary>
    /// <exception cref="ArgumentException">The shape does not hold as many elements.</exception>
    public static Tensor From(ReadOnlySpan<float> values, params ReadOnlySpan<int> shape) => Copied(values, shape);

    /// <summary>A vector, copied.</summary>
    public static Tensor From(ReadOnlySpan<double> values) => From(values, values.Length);

    /// <summary>A Float64 tensor, copied row-major.</summary>
    /// <exception cref="ArgumentException">The shape does not hold as many elements.</exception>
    public static Tensor From(ReadOnlySpan<double> values, params ReadOnlySpan<int> shape) => Copied(values, shape);

    /// <summary>A vector, copied.</summary>
    public static Tensor From(ReadOnlySpan<int> values) => From(values, values.Length);

    /// <summary>An Int32 tensor, copied row-major.</summary>
    /// <exception cref="ArgumentException">The shape does not hold as many elements.</exception>
    public static Tensor From(ReadOnlySpan<int> values, params ReadOnlySpan<int> shape) => Copied(values, shape);

    /// <summary>
    /// The elements as a span of System.Numerics.Tensors, for work that has no kernel, for reading; a scalar is seen as one element.
    /// </summary>
    /// <exception cref="InvalidOperationException">The tensor does not hold Float32.</exception>
    public ReadOnlyTensorSpan<float> AsTensorSpan() => TensorElements();

    /// <summary>The same for writing, with the rule of <see cref="WritableSpan"/>.</summary>
    /// <exception cref="InvalidOperationException">The tensor does not hold Float32.</exception>
    public TensorSpan<float> AsWritableTensorSpan()
    {
        var span = TensorElements();
        Changed($"{nameof(Tensor)}.{nameof(AsWritableTensorSpan)}");
        return span;
    }

    private TensorSpan<float> TensorElements()
    {
        Span<nint> lengths = stackalloc nint[Math.Max(Rank, 1)];
        lengths[0] = 1;
        for (var i = 0; i < Rank; i++)
        {
            lengths[i] = _shape[i];
        }

        return new TensorSpan<float>(Pointer<float>(), (nint)Count, lengths);
    }

    /// <summary>The only element, as float.</summary>
    /// <exception cref="InvalidOperationException">The tensor has none or several elements.</exception>
    public float Item() => (float)ItemAsDouble();

    /// <summary>The only element, as double.</summary>
    /// <exception cref="InvalidOperationException">The tensor has none or several elements.</exception>
    public double ItemAsDouble()
    {
        ThrowIfDisposed();
        if (Count != 1)
        {
            throw new InvalidOperationException($"{this} has {Count} elements, not one");
        }

        var value = Type switch
        {
            ElementType.Float32 => *Pointer<float>(),
            ElementType.Float64 => *Pointer<double>(),
            _ => *Pointer<int>(),
        };
        GC.KeepAlive(this);
        return value;
    }

    /// <summary>A copy of the elements.</summary>
    /// <exception cref="InvalidOperationException">The tensor does not hold <typeparamref name="T"/>.</exception>
    public T[] ToArray<T>()
        where T : unmanaged
    {
        var values = Span<T>().ToArray();
        GC.KeepAlive(this);
        return values;
    }

    /// <summary>Sets every element to <paramref name="value"/>, rounded to the type.</summary>
    public void Fill(double value)
    {
        ThrowIfDisposed();
        Changed($"{nameof(Tensor)}.{nameof(Fill)}");
        switch (Type)
        {
            case ElementType.Float32:
                ForSpans<float, float>(this, (float)value, static (span, v) => span.Fill(v));
                break;
            case ElementType.Float64:
                ForSpans<double, double>(this, value, static (span, v) => span.Fill(v));
                break;
            default:
                ForSpans<int, int>(this, checked((int)value), static (span, v) => span.Fill(v));
                break;
        }
    }

    /// <summary>Sets every bit to zero.</summary>
    public void Clear()
    {
        ThrowIfDisposed();
        Changed($"{nameof(Tensor)}.{nameof(Clear)}");
        System.Runtime.InteropServices.NativeMemory.Clear(_storage.Block, (nuint)(Count * Type.Bytes()));
        GC.KeepAlive(this);
    }

    /// <summary>A copy in memory of its own. Not recorded by a tape.</summary>
    public Tensor Clone()
    {
        ThrowIfDisposed();
        var copy = Empty(Type, _shape);
        CopyTo(copy);
        return copy;
    }

    /// <summary>Copies the elements into a tensor of the same type and shape.</summary>
    /// <exception cref="ArgumentException">Type or shape differ; the message names both.</exception>
    public void CopyTo(Tensor destination) => CopyTo(destination, $"{nameof(Tensor)}.{nameof(CopyTo)}");

    /// <summary>Copies for a method that is named as what changed the destination.</summary>
    internal void CopyTo(Tensor destination, string by)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ThrowIfDisposed();
        destination.ThrowIfDisposed();
        if (destination.Type != Type || !destination.Shape.SequenceEqual(Shape))
        {
            throw new ArgumentException($"{this} cannot be copied into {destination}", nameof(destination));
        }

        destination.Changed(by);
        var bytes = Count * Type.Bytes();
        Buffer.MemoryCopy(_storage.Block, destination._storage.Block, bytes, bytes);
        GC.KeepAlive(this);
        GC.KeepAlive(destination);
    }

    /// <summary>A copy of another type (reals to ids are truncated). Not recorded by a tape.</summary>
    public Tensor Cast(ElementType type)
    {
        if (type == Type)
        {
            return Clone();
        }

        ThrowIfDisposed();
        var result = Empty(type, _shape);
        switch (Type, type)
        {
            case (ElementType.Float32, ElementType.Float64): Convert<float, double>(this, result); break;
            case (ElementType.Float32, _): Convert<float, int>(this, result); break;
            case (ElementType.Float64, ElementType.Float32): Convert<double, float>(this, result); break;
            case (ElementType.Float64, _): Convert<double, int>(this, result); break;
            case (_, ElementType.Float32): Convert<int, float>(this, result); break;
            default: Convert<int, double>(this, result); break;
        }

        return result;
    }

    private const int Chunk = 1 << 20;

    private static Tensor Copied<T>(ReadOnlySpan<T> values, ReadOnlySpan<int> shape)
        where T : unmanaged
    {
        var count = CountOf(shape);
        if (count != values.Length)
        {
            throw new ArgumentException($"{values.Length} values do not fill the shape {ShapeText(shape)}, which holds {count}", nameof(shape));
        }

        var tensor = Empty(ElementTypes.Of<T>(), shape);
        values.CopyTo(tensor.Elements<T>());
        GC.KeepAlive(tensor);
        return tensor;
    }

    private static void Convert<TFrom, TTo>(Tensor from, Tensor to)
        where TFrom : unmanaged, System.Numerics.INumberBase<TFrom>
        where TTo : unmanaged, System.Numerics.INumberBase<TTo>
    {
        var source = from.Pointer<TFrom>();
        var target = to.Pointer<TTo>();
        for (var start = 0L; start < from.Count; start += Chunk)
        {
            var length = (int)Math.Min(Chunk, from.Count - start);
            TensorPrimitives.ConvertTruncating(new ReadOnlySpan<TFrom>(source + start, length), new Span<TTo>(target + start, length));
        }

        GC.KeepAlive(from);
        GC.KeepAlive(to);
    }

    private static void ForSpans<T, TArgument>(Tensor tensor, TArgument argument, Action<Span<T>, TArgument> action)
        where T : unmanaged
    {
        // A tensor may be longer than a span can be.
        var pointer = tensor.Pointer<T>();
        for (var start = 0L; start < tensor.Count; start += Chunk)
        {
            action(new Span<T>(pointer + start, (int)Math.Min(Chunk, tensor.Count - start)), argument);
        }

        GC.KeepAlive(tensor);
    }
}
