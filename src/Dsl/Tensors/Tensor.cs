using MageDsl.Devices;

namespace MageDsl;

/// <summary>
/// A dense row-major array of one <see cref="ElementType"/> in the memory of a device. It belongs to the innermost
/// <see cref="TensorScope"/> of the thread that made it, if there is one; outside of scopes it lives until it is disposed or collected.
/// Every member but <see cref="Shape"/>, <see cref="Rank"/>, <see cref="Count"/>, <see cref="Type"/>, <see cref="Device"/>, <see cref="Name"/>
/// and <see cref="IsDisposed"/> throws <see cref="ObjectDisposedException"/> once the memory is gone.
/// </summary>
public sealed partial class Tensor : IDisposable
{
    private readonly TensorStorage storage;
    private readonly int[] shape;
    private readonly bool isHost;
    private int disposed;

    private Tensor(TensorStorage storage, ElementType type, int[] shape, long count)
    {
        this.storage = storage;
        this.shape = shape;
        isHost = storage.Device.IsHost;
        Type = type;
        Count = count;
        TensorScope.Current?.Add(this);
    }

    /// <summary>The size of every dimension; empty for a scalar.</summary>
    public ReadOnlySpan<int> Shape => this.shape;

    /// <summary>The number of dimensions.</summary>
    public int Rank => this.shape.Length;

    /// <summary>The number of elements.</summary>
    public long Count { get; }

    /// <summary>What the elements are.</summary>
    public ElementType Type { get; }

    /// <summary>Where it lies.</summary>
    public Device Device => this.storage.Device;

    /// <summary>A name for messages, such as a parameter's key.</summary>
    public string? Name { get; set; }

    /// <summary>True once the tensor is disposed or its scope has ended.</summary>
    public bool IsDisposed => Volatile.Read(ref disposed) != 0;

    /// <summary>Whose value this is, a parameter's perhaps: a mark for those who differentiate, which means nothing here.</summary>
    internal object? Owner { get; set; }

    /// <summary>The scope that owns the tensor.</summary>
    internal TensorScope? Scope { get; set; }

    /// <summary>Where the scope keeps it.</summary>
    internal int ScopeIndex { get; set; }

    /// <summary>Set when a scope, not a caller, disposed of it: the message tells them apart.</summary>
    internal bool EndedByScope { get; set; }

    /// <summary>True if no other tensor that is alive shares the memory.</summary>
    internal bool IsUnshared => this.storage.References == 1;

    /// <summary>How often the elements were changed, through this tensor or a view; readable when the memory is gone, too.</summary>
    internal int Version => this.storage.Version;

    /// <summary>The kernel or method that changed the elements last.</summary>
    internal string ChangedBy => this.storage.ChangedBy ?? "nothing";

    /// <summary>Lets devices that multiply in bfloat16 keep the elements as words, too.</summary>
    internal void KeepWords() => this.storage.KeepsWords = true;

    /// <summary>
    /// Says that the elements are about to change, and what changes them: a <c>GradientTape</c> that needs the old ones will name it.
    /// Everything that writes does this by itself, compiled kernels included; call it before writing through a <see cref="Pointer"/>.
    /// </summary>
    /// <param name="by">The kernel or method.</param>
    public void Changed(string by) => this.storage.Change(by);

    /// <summary>
    /// The same memory under another shape, which no tape records; one size may be -1 and follows from the others. Neither copies.
    /// </summary>
    /// <exception cref="ArgumentException">The shape does not hold as many elements; the message names both shapes.</exception>
    internal Tensor View(ReadOnlySpan<int> shape)
    {
        ThrowIfDisposed();
        var resolved = ResolveShape(shape);
        this.storage.AddReference();
        return new Tensor(this.storage, Type, resolved, Count);
    }

    /// <summary>Gives the memory up; it goes back to the pool when no view shares it any more.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 0)
        {
            TensorScope.Detach(this);
            this.storage.Release();
        }
    }

    /// <summary>Name, type and shape, such as <c>blocks.0.norm1.weight Float32 [64]</c>.</summary>
    public override string ToString() => $"{Name ?? "tensor"} {Type} {ShapeText(this.shape)}";

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
