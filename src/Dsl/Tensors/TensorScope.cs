using MageDsl.Devices;

namespace MageDsl;

/// <summary>
/// Owns every tensor made on this thread while it is the innermost scope, and disposes of those still there when it ends,
/// so that nobody disposes of tensors by hand. Scopes nest; they belong to the thread that opened them
/// (do not hold one across an <c>await</c>).
/// </summary>
public sealed class TensorScope : IDisposable
{
    [ThreadStatic]
    private static TensorScope? current;

    private readonly TensorScope? parent;
    private readonly Lock gate = new();
    private readonly List<Tensor> tensors = [];
    private bool disposed;

    /// <summary>Opens a scope inside the current one.</summary>
    /// <param name="device">
    /// Where tensors lie that are made in it; null for the device of the scope around it, or <see cref="Device.Default"/>.
    /// </param>
    public TensorScope(Device? device = null)
    {
        parent = current;
        Device = device ?? parent?.Device ?? Device.Default;
        current = this;
    }

    /// <summary>The innermost scope of this thread, or null.</summary>
    public static TensorScope? Current => current;

    /// <summary>Where tensors lie that are made in the scope.</summary>
    public Device Device { get; }

    /// <summary>How many tensors the scope owns now.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return tensors.Count;
            }
        }
    }

    /// <summary>
    /// Lets a tensor outlive this scope: it moves to the parent scope, or out of all scopes if there is none
    /// (then it lives until disposed or collected). A tensor that this scope, or one inside it, does not own stays where it is.
    /// </summary>
    /// <returns>The same tensor.</returns>
    public Tensor Keep(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        tensor.ThrowIfDisposed();
        for (var scope = tensor.Scope; scope is not null; scope = scope.parent)
        {
            if (scope == this)
            {
                Detach(tensor);
                parent?.Add(tensor);
                break;
            }
        }

        return tensor;
    }

    /// <summary>Takes a tensor out of whatever scope owns it: it lives until it is disposed or collected, as parameters do.</summary>
    /// <returns>The same tensor.</returns>
    public static Tensor Detach(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        tensor.Scope?.Remove(tensor);
        return tensor;
    }

    /// <summary>Moves a tensor from whatever scope owns it into this one.</summary>
    internal Tensor Adopt(Tensor tensor)
    {
        Detach(tensor);
        Add(tensor);
        return tensor;
    }

    /// <summary>Disposes of the tensors that the scope still owns, and makes its parent current.</summary>
    /// <exception cref="InvalidOperationException">A scope inside this one is still open, or this is another thread.</exception>
    public void Dispose()
    {
        if (disposed)
        {
            return;
        }

        if (current != this)
        {
            throw new InvalidOperationException("a TensorScope must end on the thread that opened it, after the scopes opened inside it");
        }

        disposed = true;
        current = parent;
        Tensor[] owned;
        lock (gate)
        {
            owned = [.. tensors];
            tensors.Clear();
            foreach (var tensor in owned)
            {
                tensor.Scope = null;
                tensor.EndedByScope = true;
            }
        }

        foreach (var tensor in owned)
        {
            tensor.Dispose();
        }
    }

    /// <summary>Takes ownership of a tensor that no scope owns.</summary>
    internal void Add(Tensor tensor)
    {
        lock (gate)
        {
            tensor.Scope = this;
            tensor.ScopeIndex = tensors.Count;
            tensors.Add(tensor);
        }
    }

    private void Remove(Tensor tensor)
    {
        lock (gate)
        {
            if (tensor.Scope != this)
            {
                return; // the scope ended meanwhile
            }

            // The last tensor takes the place of the one that leaves: no search, no shift.
            var last = tensors[^1];
            tensors[tensor.ScopeIndex] = last;
            last.ScopeIndex = tensor.ScopeIndex;
            tensors.RemoveAt(tensors.Count - 1);
            tensor.Scope = null;
        }
    }
}
