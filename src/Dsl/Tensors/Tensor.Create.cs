using System.ComponentModel;
using System.Runtime.CompilerServices;
using MageDsl.Devices;

namespace MageDsl;

/// <summary>Making tensors. They lie on the device of the current <see cref="TensorScope"/>, or else on <see cref="Device.Default"/>.</summary>
public sealed partial class Tensor
{
    /// <summary>A tensor with undefined content.</summary>
    /// <exception cref="ArgumentException">A size is negative.</exception>
    public static Tensor Empty(ElementType type, params ReadOnlySpan<int> shape) => Empty(TensorScope.Current?.Device ?? Device.Default, type, shape);

    /// <summary>A tensor with undefined content, on a device.</summary>
    /// <exception cref="ArgumentException">A size is negative.</exception>
    public static Tensor Empty(Device device, ElementType type, params ReadOnlySpan<int> shape)
    {
        ArgumentNullException.ThrowIfNull(device);
        var count = CountOf(shape);
        var storage = new TensorStorage(device, (nuint)checked(count * type.Bytes()), TensorScope.Current is not null);
        return new Tensor(storage, type, shape.ToArray(), count);
    }

    /// <summary>
    /// Memory for as many elements as the shape has, of undefined content: what a kernel keeps for its backward pass, which nobody else sees. Where
    /// they are shorter than the type it is a tensor of words.
    /// </summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static Tensor GpuEmpty<H>(Device device, ElementType type, params ReadOnlySpan<int> shape)
        where H : unmanaged
        => Unsafe.SizeOf<H>() == type.Bytes() ? Empty(device, type, shape)
            : Empty(device, ElementType.Int32, checked((int)(((CountOf(shape) * Unsafe.SizeOf<H>()) + sizeof(int) - 1) / sizeof(int))));

    /// <summary>A tensor of zeros.</summary>
    public static Tensor Zeros(ElementType type, params ReadOnlySpan<int> shape) => Full(type, 0, shape);

    /// <summary>A tensor of <paramref name="value"/>, rounded to the type; with no shape, a scalar.</summary>
    public static Tensor Full(ElementType type, double value, params ReadOnlySpan<int> shape)
    {
        var tensor = Empty(type, shape);
        tensor.Fill(value);
        return tensor;
    }

    /// <summary>Zeros, of the type and shape of another tensor, on its device. Of that, nothing is read.</summary>
    public static Tensor ZerosLike(Tensor tensor) => FullLike(tensor, 0);

    /// <summary>A tensor of <paramref name="value"/>, of the type and shape of another tensor, on its device. Of that, nothing is read.</summary>
    public static Tensor FullLike(Tensor tensor, double value)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        var like = Empty(tensor.Device, tensor.Type, tensor.Shape);
        like.Fill(value);
        return like;
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

    /// <summary>A copy in memory of its own. Not recorded by a tape.</summary>
    /// <param name="device">Where it lies; null for the device of this tensor.</param>
    public Tensor Clone(Device? device = null)
    {
        ThrowIfDisposed();
        var copy = Empty(device ?? Device, Type, this.shape);
        CopyTo(copy);
        return copy;
    }

    /// <summary>A copy of another type (reals to ids are truncated). Not recorded by a tape.</summary>
    public Tensor Cast(ElementType type)
    {
        if (type == Type)
        {
            return Clone();
        }

        ThrowIfDisposed();
        var result = Empty(Device, type, this.shape);
        Device.Convert(this.storage.Memory, Type, result.storage.Memory, type);
        GC.KeepAlive(this);
        return result;
    }

    private static Tensor Copied<T>(ReadOnlySpan<T> values, ReadOnlySpan<int> shape)
        where T : unmanaged
    {
        var count = CountOf(shape);
        if (count != values.Length)
        {
            throw new ArgumentException($"{values.Length} values do not fill the shape {ShapeText(shape)}, which holds {count}", nameof(shape));
        }

        var tensor = Empty(ElementTypes.Of<T>(), shape);
        tensor.Write(values);
        return tensor;
    }
}
