using System.ComponentModel;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using ILGPU;
using MageDsl.Devices;
using MageDsl.Devices.Gpu;

namespace MageDsl;

/// <summary>
/// The elements as the host sees them. Copies work on every device, and wait for what computes the elements; pointers and spans are the
/// memory itself, and there only where the host can address it.
/// </summary>
public sealed unsafe partial class Tensor
{
    /// <summary>Copies elements to the host, row-major, as many as the destination has.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="start">The first element.</param>
    /// <exception cref="InvalidOperationException">The tensor does not hold <typeparamref name="T"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">It does not have as many.</exception>
    public void Read<T>(Span<T> destination, long start = 0)
        where T : unmanaged
    {
        var part = Part<T>(start, destination.Length);
        fixed (T* host = destination) Device.Read(part, host);
        GC.KeepAlive(this);
    }

    /// <summary>Copies elements from the host, row-major, as many as the source has.</summary>
    /// <param name="source">The elements.</param>
    /// <param name="start">Where the first of them goes.</param>
    /// <exception cref="InvalidOperationException">The tensor does not hold <typeparamref name="T"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">It does not have as many.</exception>
    public void Write<T>(ReadOnlySpan<T> source, long start = 0)
        where T : unmanaged
    {
        var part = Part<T>(start, source.Length);
        Changed($"{nameof(Tensor)}.{nameof(Write)}");
        fixed (T* host = source) Device.Write(host, part);
        GC.KeepAlive(this);
    }

    /// <summary>A copy of the elements.</summary>
    /// <exception cref="InvalidOperationException">The tensor does not hold <typeparamref name="T"/>, or more than an array can.</exception>
    public T[] ToArray<T>()
        where T : unmanaged
    {
        CheckType<T>();
        var values = GC.AllocateUninitializedArray<T>(
            Count <= Array.MaxLength
                ? (int)Count
                : throw new InvalidOperationException($"{this} has too many elements for one array; use {nameof(Read)}"));
        Read<T>(values);
        return values;
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

        return Type switch
        {
            ElementType.Float32 => Only<float>(),
            ElementType.Float64 => Only<double>(),
            _ => Only<int>(),
        };
    }

    /// <summary>Sets every element to <paramref name="value"/>, rounded to the type.</summary>
    public void Fill(double value) => Fill(value, $"{nameof(Tensor)}.{nameof(Fill)}");

    /// <summary>Sets every bit to zero.</summary>
    public void Clear() => Fill(0, $"{nameof(Tensor)}.{nameof(Clear)}");

    /// <summary>Copies the elements into a tensor of the same type and shape, on any device.</summary>
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
        Transfer.Copy(Device, storage.Memory, destination.Device, destination.storage.Memory);
        GC.KeepAlive(this);
        GC.KeepAlive(destination);
    }

    /// <summary>
    /// The first element, for kernels. Keep the tensor reachable (<see cref="GC.KeepAlive"/>) while the pointer is used, and call
    /// <see cref="Changed"/> before writing through it.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// The tensor does not hold <typeparamref name="T"/>, or lies where the host cannot address it.
    /// </exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T* Pointer<T>()
        where T : unmanaged
    {
        if (IsDisposed || !isHost || ElementTypes.Of<T>() != Type)
        {
            ThrowUnusable<T>();
        }

        return (T*)storage.Memory.Address;
    }

    /// <summary>
    /// The elements on a device, for kernels, with the rules of <see cref="Pointer"/>: keep the tensor reachable until the launch is asked for, and
    /// call <see cref="Changed"/> before writing.
    /// </summary>
    /// <exception cref="InvalidOperationException">The tensor does not hold <typeparamref name="T"/>, or lies on another device.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ArrayView<T> GpuView<T>(GpuDevice device)
        where T : unmanaged
    {
        CheckType<T>();
        return GpuShortView<T>(device);
    }

    /// <summary>What lies in the memory, whatever the tensor's type: what a kernel keeps for its backward pass may be shorter.</summary>
    /// <exception cref="InvalidOperationException">The tensor lies on another device.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ArrayView<H> GpuShortView<H>(GpuDevice device)
        where H : unmanaged
    {
        ThrowIfDisposed();
        return Device == device
            ? device.View<H>(storage.Memory)
            : throw new InvalidOperationException($"{this} lies on the device {Device}, not on {device}; {nameof(Clone)} copies it there");
    }

    /// <summary>
    /// The elements as matrices that products take from where they lie. Where the device keeps 16 bits, these of what a module holds, made anew when
    /// the elements have changed.
    /// </summary>
    /// <param name="device">The device.</param>
    /// <param name="item">Elements from matrix to matrix; 0 if there is one.</param>
    /// <param name="row">Elements from row to row.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public GpuMatrix GpuMatrix(GpuDevice device, nint item, nint row)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (Type != ElementType.Float32 || Count == 0) return default;
        if (!device.KeepsShort) return Devices.Gpu.GpuMatrix.Of(GpuView<float>(device), item, row);
        if (!storage.KeepsWords) return default;
        var words = storage.Words((nuint)Count * sizeof(ushort), (from, to) => GpuElements.Shorten(device, from, to));
        return Devices.Gpu.GpuMatrix.Of(device.View<BFloat16>(words), item, row);
    }

    /// <summary>
    /// Where the elements lie in 16 bits beside the tensor, to be written as it is; nothing if they do not. Counts as written from here on, so
    /// <see cref="Changed"/> comes before.
    /// </summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ArrayView<H> GpuWordsBeside<H>(GpuDevice device)
        where H : unmanaged
    {
        ArgumentNullException.ThrowIfNull(device);
        return storage.KeepsWords && device.KeepsShort && Type == ElementType.Float32 ? device.View<H>(storage.WordsWritten()) : default;
    }

    /// <summary>The elements, row-major, for reading; host memory only, see <see cref="Read"/> and <see cref="ToArray"/> for all.</summary>
    /// <exception cref="InvalidOperationException">
    /// The tensor does not hold <typeparamref name="T"/>, has more than 2^31 - 1 elements, or lies where the host cannot address it.
    /// </exception>
    public ReadOnlySpan<T> Span<T>()
        where T : unmanaged
        => Elements<T>();

    /// <summary>
    /// The elements, row-major, for writing; host memory only, see <see cref="Write"/> for all. It counts as a change when it is asked for, so ask
    /// anew for each time of writing: what is written later, through a span from before a launch, no <c>GradientTape</c> can notice.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// The tensor does not hold <typeparamref name="T"/>, has more than 2^31 - 1 elements, or lies where the host cannot address it.
    /// </exception>
    public Span<T> WritableSpan<T>()
        where T : unmanaged
    {
        var span = Elements<T>();
        Changed($"{nameof(Tensor)}.{nameof(WritableSpan)}");
        return span;
    }

    /// <summary>
    /// The elements as a span of System.Numerics.Tensors, for work that has no kernel, for reading; a scalar is seen as one element.
    /// Host memory only.
    /// </summary>
    /// <exception cref="InvalidOperationException">The tensor does not hold Float32, or lies where the host cannot address it.</exception>
    public ReadOnlyTensorSpan<float> AsTensorSpan() => TensorElements();

    /// <summary>The same for writing, with the rule of <see cref="WritableSpan"/>.</summary>
    /// <exception cref="InvalidOperationException">The tensor does not hold Float32, or lies where the host cannot address it.</exception>
    public TensorSpan<float> AsWritableTensorSpan()
    {
        var span = TensorElements();
        Changed($"{nameof(Tensor)}.{nameof(AsWritableTensorSpan)}");
        return span;
    }

    /// <summary>The bytes of all elements, of whatever type.</summary>
    internal long Bytes => Count * Type.Bytes();

    /// <summary>Copies bytes of the elements to the host.</summary>
    internal void ReadBytes(Span<byte> destination, long start)
    {
        ThrowIfDisposed();
        fixed (byte* host = destination) Device.Read(storage.Memory.Slice((nuint)start, (nuint)destination.Length), host);
        GC.KeepAlive(this);
    }

    /// <summary>Copies bytes of the elements from the host.</summary>
    internal void WriteBytes(ReadOnlySpan<byte> source, long start)
    {
        ThrowIfDisposed();
        Changed($"{nameof(Tensor)}.{nameof(Write)}");
        fixed (byte* host = source) Device.Write(host, storage.Memory.Slice((nuint)start, (nuint)source.Length));
        GC.KeepAlive(this);
    }

    private void Fill(double value, string by)
    {
        ThrowIfDisposed();
        Changed(by);
        Device.Fill(storage.Memory, Type, value);
        GC.KeepAlive(this);
    }

    private T Only<T>()
        where T : unmanaged
    {
        T value;
        Read(new Span<T>(&value, 1));
        return value;
    }

    private DeviceMemory Part<T>(long start, int count)
        where T : unmanaged
    {
        CheckType<T>();
        return start >= 0 && count <= Count - start
            ? storage.Memory.Slice((nuint)start * (nuint)sizeof(T), (nuint)count * (nuint)sizeof(T))
            : throw new ArgumentOutOfRangeException(
                nameof(start), $"{this} has {Count} elements; there are no {count} of them from element {start} on");
    }

    private Span<T> Elements<T>()
        where T : unmanaged
        => Count <= int.MaxValue
            ? new Span<T>(Pointer<T>(), (int)Count)
            : throw new InvalidOperationException($"{this} has too many elements for one span; use {nameof(Pointer)}");

    private TensorSpan<float> TensorElements()
    {
        Span<nint> lengths = stackalloc nint[Math.Max(Rank, 1)];
        lengths[0] = 1;
        for (var i = 0; i < Rank; i++)
        {
            lengths[i] = shape[i];
        }

        return new TensorSpan<float>(Pointer<float>(), (nint)Count, lengths);
    }

    private void CheckType<T>()
        where T : unmanaged
    {
        ThrowIfDisposed();
        if (ElementTypes.Of<T>() != Type)
        {
            throw new InvalidOperationException($"{this} holds {Type}, not {ElementTypes.Of<T>()}");
        }
    }

    private void ThrowUnusable<T>()
        where T : unmanaged
    {
        CheckType<T>();
        throw new InvalidOperationException(
            $"{this} lies on the device {Device}, whose memory the host cannot address; {nameof(ToArray)} and {nameof(Read)} copy its elements, "
            + $"{nameof(Write)} and {nameof(Fill)} change them; kernels run there if their project has MageDslTargets=cpu;gpu");
    }
}
