using System.Runtime.CompilerServices;

namespace MageDsl;

/// <summary>
/// A dense row-major array of one <see cref="ElementType"/> in pooled native memory. It belongs to the innermost
/// <see cref="TensorScope"/> of the thread that made it, if there is one; outside of scopes it lives until it is disposed or collected.
/// Every member but <see cref="Shape"/>, <see cref="Rank"/>, <see cref="Count"/>, <see cref="Type"/>, <see cref="Name"/> and
/// <see cref="IsDisposed"/> throws <see cref="ObjectDisposedException"/> once the memory is gone.
/// </summary>
public sealed unsafe partial class Tensor : IDisposable
{
    private readonly TensorStorage _storage;
    private readonly int[] _shape;
    private int _disposed;

    private Tensor(TensorStorage storage, ElementType type, int[] shape, long count)
    {
        _storage = storage;
        _shape = shape;
        Type = type;
        Count = count;
        TensorScope.Current?.Add(this);
    }

    /// <summary>The size of every dimension; empty for a scalar.</summary>
    public ReadOnlySpan<int> Shape => _shape;

    /// <summary>The number of dimensions.</summary>
    public int Rank => _shape.Length;

    /// <summary>The number of elements.</summary>
    public long Count { get; }

    /// <summary>What the elements are.</summary>
    public ElementType Type { get; }

    /// <summary>A name for messages, such as a parameter's key.</summary>
    public string? Name { get; set; }

    /// <summary>True once the tensor is disposed or its scope has ended.</summary>
    public bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    /// <summary>The parameter whose value this is.</summary>
    internal Parameter? Parameter { get; set; }

    /// <summary>The scope that owns the tensor.</summary>
    internal TensorScope? Scope { get; set; }

    /// <summary>Where the scope keeps it.</summary>
    internal int ScopeIndex { get; set; }

    /// <summary>Set when a scope, not a caller, disposed of it: the message tells them apart.</summary>
    internal bool EndedByScope { get; set; }

    /// <summary>True if no other tensor that is alive shares the memory.</summary>
    internal bool IsUnshared => _storage.References == 1;

    /// <summary>How often the elements were changed, through this tensor or a view; readable when the memory is gone, too.</summary>
    internal int Version => _storage.Version;

    /// <summary>The kernel or method that changed the elements last.</summary>
    internal string ChangedBy => _storage.ChangedBy ?? "nothing";

    /// <summary>
    /// The first element, for kernels. Keep the tensor reachable (<see cref="GC.KeepAlive"/>) while the pointer is used, and call
    /// <see cref="Changed"/> before writing through it.
    /// </summary>
    /// <exception cref="InvalidOperationException">The tensor does not hold <typeparamref name="T"/>.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T* Pointer<T>()
        where T : unmanaged
    {
        if (IsDisposed || ElementTypes.Of<T>() != Type)
        {
            ThrowUnusable<T>();
        }

        return (T*)_storage.Block;
    }

    /// <summary>The elements, row-major, for reading.</summary>
    /// <exception cref="InvalidOperationException">The tensor does not hold <typeparamref name="T"/>, or has more than 2^31 - 1 elements.</exception>
    public ReadOnlySpan<T> Span<T>()
        where T : unmanaged
        => Elements<T>();

    /// <summary>
    /// The elements, row-major, for writing. It counts as a change when it is asked for, so ask anew for each time of writing: what is
    /// written later, through a span from before a launch, no <see cref="GradientTape"/> can notice.
    /// </summary>
    /// <exception cref="InvalidOperationException">The tensor does not hold <typeparamref name="T"/>, or has more than 2^31 - 1 elements.</exception>
    public Span<T> WritableSpan<T>()
        where T : unmanaged
    {
        var span = Elements<T>();
        Changed($"{nameof(Tensor)}.{nameof(WritableSpan)}");
        return span;
    }

    /// <summary>
    /// Says that the elements are about to change, and what changes them: a <see cref="GradientTape"/> that needs the old ones will name it.
    /// Everything that writes does this by itself, compiled kernels included; call it before writing through a <see cref="Pointer"/>.
    /// </summary>
    /// <param name="by">The kernel or method.</param>
    public void Changed(string by) => _storage.Change(by);

    /// <summary>
    /// The same memory under another shape; one size may be -1 and follows from the others. Neither copies: both see each
    /// other's writes, and the memory lives as long as either. A <see cref="GradientTape"/> records it.
    /// </summary>
    /// <exception cref="ArgumentException">The shape does not hold as many elements; the message names both shapes.</exception>
    public Tensor Reshape(params ReadOnlySpan<int> shape)
    {
        ThrowIfDisposed();
        var resolved = ResolveShape(shape);
        _storage.AddReference();
        var view = new Tensor(_storage, Type, resolved, Count);
        if (GradientTape.IsRecording(this))
        {
            var original = _shape;
            GradientTape.Current!.Record("Tensor.Reshape", [this], [view], (gradients, needed) => [needed[0] ? gradients[0].Reshape(original) : null], reads: []);
        }

        return view;
    }

    /// <summary>Gives the memory up; it goes back to the pool when no view shares it any more.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            TensorScope.Detach(this);
            _storage.Release();
        }
    }

    /// <summary>Name, type and shape, such as <c>blocks.0.norm1.weight Float32 [64]</c>.</summary>
    public override string ToString() => $"{Name ?? "tensor"} {Type} {ShapeText(_shape)}";

    /// <summary>A shape as messages show it: <c>[3, 64, 64]</c>.</summary>
    public static string ShapeText(ReadOnlySpan<int> shape) => $"[{string.Join(", ", shape.ToArray())}]";

    /// <summary>Throws if the memory is gone.</summary>
    /// <exception cref="ObjectDisposedException">It is.</exception>
    internal void ThrowIfDisposed()
    {
        if (IsDisposed)
        {
            throw new ObjectDisposedException(
                nameof(Tensor),
                EndedByScope
                    ? $"{this} was used after its TensorScope ended; TensorScope.Keep lets it outlive the scope"
                    : $"{this} was used after it was disposed");
        }
    }

    private Span<T> Elements<T>()
        where T : unmanaged
        => Count <= int.MaxValue
            ? new Span<T>(Pointer<T>(), (int)Count)
            : throw new InvalidOperationException($"{this} has too many elements for one span; use Pointer");

    private void ThrowUnusable<T>()
        where T : unmanaged
    {
        ThrowIfDisposed();
        throw new InvalidOperationException($"{this} holds {Type}, not {ElementTypes.Of<T>()}");
    }

    private int[] ResolveShape(ReadOnlySpan<int> shape)
    {
        var resolved = shape.ToArray();
        var open = resolved.IndexOf(-1);
        if (open >= 0)
        {
            resolved[open] = 1;
            var rest = CountOf(resolved);
            resolved[open] = rest > 0 && Count % rest == 0 ? checked((int)(Count / rest)) : -1;
            if (resolved[open] < 0)
            {
                throw new ArgumentException($"{this} cannot be reshaped to {ShapeText(shape)}: {Count} elements do not divide", nameof(shape));
            }
        }

        var count = CountOf(resolved);
        return count == Count
            ? resolved
            : throw new ArgumentException($"{this} cannot be reshaped to {ShapeText(shape)}: {Count} elements against {count}", nameof(shape));
    }

    private static long CountOf(ReadOnlySpan<int> shape)
    {
        var count = 1L;
        foreach (var size in shape)
        {
            if (size < 0)
            {
                throw new ArgumentException($"a shape has no negative sizes: {ShapeText(shape)}", nameof(shape));
            }

            count = checked(count * size);
        }

        return count;
    }
}
