using System.Numerics.Tensors;

namespace MageDsl;

/// <summary>
/// The gradients during one backward pass. It counts who holds each gradient tensor, and so knows when one may be added
/// to in place and when it can be freed: gradients of activations live only from their first use to their last.
/// </summary>
/// <param name="scope">Owns what is made during the pass. Tensors of other scopes (a kernel may return a saved one) are neither written nor freed.</param>
internal sealed class GradientMap(TensorScope scope)
{
    private readonly Dictionary<Tensor, Tensor> _gradients = [];
    private readonly Dictionary<Tensor, int> _holders = [];

    /// <summary>Starts with d loss / d loss.</summary>
    public void Seed(Tensor loss)
    {
        var one = Tensor.Full(loss.Type, 1, loss.Shape);
        _gradients.Add(loss, one);
        Hold(one);
    }

    /// <summary>True if the loss is known to depend on the tensor.</summary>
    public bool Has(Tensor tensor) => _gradients.ContainsKey(tensor);

    /// <summary>
    /// The gradient of a tensor, zeros if there is none, held for the caller, who calls <see cref="Release"/>.
    /// Everything that uses the tensor has run, so unless it is kept it leaves the map.
    /// </summary>
    public Tensor Lease(Tensor tensor, bool keepInMap)
    {
        if (!_gradients.TryGetValue(tensor, out var gradient))
        {
            gradient = Tensor.Zeros(tensor.Type, tensor.Shape);
            Hold(gradient);
        }
        else if (keepInMap)
        {
            Hold(gradient);
        }
        else
        {
            _gradients.Remove(tensor);
        }

        return gradient;
    }

    /// <summary>One more holder.</summary>
    public void Hold(Tensor gradient) => _holders[gradient] = _holders.GetValueOrDefault(gradient) + 1;

    /// <summary>One holder less; after the last a tensor made during the pass is freed.</summary>
    public void Release(Tensor gradient)
    {
        if (--_holders[gradient] == 0)
        {
            _holders.Remove(gradient);
            if (gradient.Scope == scope)
            {
                gradient.Dispose();
            }
        }
    }

    /// <summary>Adds to the gradient of a tensor. The order of calls is that of the tape, so sums repeat bit for bit.</summary>
    public void Accumulate(Tensor tensor, Tensor gradient)
    {
        if (!_gradients.TryGetValue(tensor, out var sum))
        {
            _gradients.Add(tensor, gradient);
            Hold(gradient);
        }
        else if (_holders[sum] == 1 && sum.Scope == scope && sum.IsUnshared)
        {
            Add(sum, gradient, sum);
        }
        else
        {
            var fresh = scope.Adopt(Tensor.Empty(sum.Type, sum.Shape));
            Add(sum, gradient, fresh);
            _gradients[tensor] = fresh;
            Hold(fresh);
            Release(sum);
        }
    }

    /// <summary>What is left, each gradient a tensor of its own: one that several share, or that was not made in the pass, is copied.</summary>
    public IEnumerable<KeyValuePair<Tensor, Tensor>> TakeAll()
    {
        foreach (var (tensor, gradient) in _gradients)
        {
            var own = _holders[gradient] == 1 && gradient.Scope == scope && gradient.IsUnshared;
            yield return new(tensor, own ? gradient : gradient.Clone());
        }
    }

    private static unsafe void Add(Tensor a, Tensor b, Tensor into)
    {
        if (a.Type == ElementType.Float32)
        {
            Add(a.Pointer<float>(), b.Pointer<float>(), into.Pointer<float>(), a.Count);
        }
        else
        {
            Add(a.Pointer<double>(), b.Pointer<double>(), into.Pointer<double>(), a.Count);
        }

        GC.KeepAlive(a);
        GC.KeepAlive(b);
        GC.KeepAlive(into);
    }

    private static unsafe void Add<T>(T* a, T* b, T* into, long count)
        where T : unmanaged, System.Numerics.IAdditionOperators<T, T, T>, System.Numerics.IAdditiveIdentity<T, T>
    {
        const int Chunk = 1 << 20; // a tensor may be longer than a span can be
        for (var start = 0L; start < count; start += Chunk)
        {
            var length = (int)Math.Min(Chunk, count - start);
            TensorPrimitives.Add(new ReadOnlySpan<T>(a + start, length), new ReadOnlySpan<T>(b + start, length), new Span<T>(into + start, length));
        }
    }
}
