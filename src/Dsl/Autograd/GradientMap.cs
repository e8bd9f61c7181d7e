namespace MageDsl;

/// <summary>
/// The gradients during one backward pass. It counts who holds each gradient tensor, and so knows when one may be added
/// to in place and when it can be freed: gradients of activations live only from their first use to their last.
/// </summary>
/// <param name="scope">
/// Owns what is made during the pass. Tensors of other scopes (a kernel may return a saved one) are neither written nor freed.
/// </param>
internal sealed class GradientMap(TensorScope scope)
{
    private readonly Dictionary<Tensor, Known> gradients = [];
    private readonly Dictionary<Tensor, int> holders = [];

    /// <summary>Starts with d (weight * loss) / d loss.</summary>
    public void Seed(Tensor loss, double weight)
    {
        var seed = Tensor.FullLike(loss, weight);
        gradients.Add(loss, new Known(seed, loss.Version, $"{nameof(GradientTape)}.{nameof(GradientTape.Backward)}"));
        Hold(seed);
    }

    /// <summary>True if the loss is known to depend on the tensor.</summary>
    public bool Has(Tensor tensor) => gradients.ContainsKey(tensor);

    /// <summary>
    /// The gradient of a tensor, zeros if there is none, held for the caller, who calls <see cref="Release"/>.
    /// Everything that uses the tensor has run, so unless it is kept it leaves the map.
    /// </summary>
    /// <param name="tensor">A result of a launch.</param>
    /// <param name="version">Its version at the launch.</param>
    /// <param name="kernel">What was launched.</param>
    /// <param name="keepInMap">Whether the gradient is wanted by the caller of the tape.</param>
    /// <exception cref="InvalidOperationException">Later launches used the tensor after it was changed.</exception>
    public Tensor Lease(Tensor tensor, int version, string kernel, bool keepInMap)
    {
        if (!gradients.TryGetValue(tensor, out var known))
        {
            var zeros = Tensor.ZerosLike(tensor);
            Hold(zeros);
            return zeros;
        }

        if (known.Version != version)
        {
            throw TapeErrors.ChangedBetween(kernel, known.User, tensor);
        }

        var gradient = known.Gradient;
        if (keepInMap)
        {
            Hold(gradient);
        }
        else
        {
            gradients.Remove(tensor);
        }

        return gradient;
    }

    /// <summary>Takes what a backward pass made out of the scope that it ran in, which is about to end.</summary>
    public void Take(Tensor result, TensorScope from)
    {
        if (result.Scope == from)
        {
            scope.Adopt(result);
        }
    }

    /// <summary>Takes all gradients out of a scope that is about to end: backward passes may return what forward passes saved.</summary>
    public void Rescue(TensorScope from)
    {
        foreach (var gradient in holders.Keys)
        {
            Take(gradient, from);
        }
    }

    /// <summary>One more holder.</summary>
    public void Hold(Tensor gradient) => holders[gradient] = holders.GetValueOrDefault(gradient) + 1;

    /// <summary>One holder less; after the last a tensor made during the pass is freed.</summary>
    public void Release(Tensor gradient)
    {
        if (--holders[gradient] == 0)
        {
            holders.Remove(gradient);
            if (gradient.Scope == scope)
            {
                gradient.Dispose();
            }
        }
    }

    /// <summary>Adds to the gradient of a tensor. The order of calls is that of the tape, so sums repeat bit for bit.</summary>
    /// <param name="tensor">What a launch used.</param>
    /// <param name="version">Its version at the launch.</param>
    /// <param name="kernel">What was launched.</param>
    /// <param name="gradient">What the launch adds.</param>
    /// <exception cref="InvalidOperationException">Launches used the tensor with other values.</exception>
    public void Accumulate(Tensor tensor, int version, string kernel, Tensor gradient)
    {
        if (!gradients.TryGetValue(tensor, out var known))
        {
            gradients.Add(tensor, new Known(gradient, version, kernel));
            Hold(gradient);
            return;
        }

        if (known.Version != version)
        {
            throw TapeErrors.SeveralValues(kernel, known.User, tensor);
        }

        var sum = known.Gradient;
        if (holders[sum] == 1 && sum.Scope == scope && sum.IsUnshared)
        {
            GradientKernels.Accumulate(sum, gradient);
        }
        else
        {
            var fresh = scope.Adopt(GradientKernels.Add(sum, gradient));
            gradients[tensor] = known with { Gradient = fresh };
            Hold(fresh);
            Release(sum);
        }
    }

    /// <summary>What is left, each gradient a tensor of its own: one that several share, or that was not made in the pass, is copied.</summary>
    public IEnumerable<KeyValuePair<Tensor, Tensor>> TakeAll()
    {
        foreach (var (tensor, (gradient, _, _)) in gradients)
        {
            var own = holders[gradient] == 1 && gradient.Scope == scope && gradient.IsUnshared;
            yield return new(tensor, own ? gradient : gradient.Clone());
        }
    }

    /// <summary>The gradient of a tensor so far, the version of the tensor that it belongs to, and a launch that used it.</summary>
    private readonly record struct Known(Tensor Gradient, int Version, string User);
}
