namespace MageDsl;

/// <summary>One recorded launch, and how often each of its tensors had been changed at that time.</summary>
internal sealed class TapeEntry(
    string kernel, Tensor[] inputs, Tensor[] outputs, bool[] needed, KernelBackward backward, TapeRead[] reads, Tensor[] saved) : ITapeEntry
{
    private readonly int[] inputVersions = Array.ConvertAll(inputs, tensor => tensor.Version);
    private readonly int[] outputVersions = Array.ConvertAll(outputs, tensor => tensor.Version);
    private readonly int[] readVersions = Array.ConvertAll(reads, read => read.Tensor.Version);

    /// <inheritdoc/>
    public IEnumerable<TapeUse> Uses => inputs.Select((tensor, i) => new TapeUse(tensor, inputVersions[i], needed[i], kernel))
        .Concat(reads.Select((read, i) => new TapeUse(read.Tensor, readVersions[i], IsTracked: false, kernel)).Where(use => use.HoldsIds));

    /// <inheritdoc/>
    /// <remarks>It frees what the launch saved for this: the activations of a model go as its gradients come.</remarks>
    public void RunBackward(GradientMap gradients, Predicate<Tensor> isWanted)
    {
        if (!Array.Exists(outputs, gradients.Has))
        {
            return;
        }

        CheckReads();
        using var temporaries = new TensorScope();
        var outputGradients = new Tensor[outputs.Length];
        for (var i = 0; i < outputs.Length; i++)
        {
            outputGradients[i] = gradients.Lease(outputs[i], outputVersions[i], kernel, keepInMap: isWanted(outputs[i]));
        }

        var results = Launch(outputGradients);
        Check(results);
        foreach (var result in results)
        {
            if (result is not null)
            {
                gradients.Take(result, temporaries);
                gradients.Hold(result);
            }
        }

        for (var i = 0; i < inputs.Length; i++)
        {
            if (needed[i] && results[i] is { } gradient)
            {
                gradients.Accumulate(inputs[i], inputVersions[i], kernel, gradient);
            }
        }

        foreach (var tensor in saved)
        {
            tensor.Dispose();
        }

        foreach (var tensor in results.Concat(outputGradients))
        {
            if (tensor is not null)
            {
                gradients.Release(tensor);
            }
        }
    }

    private Tensor?[] Launch(Tensor[] outputGradients)
    {
        try
        {
            return backward(outputGradients, [.. needed]);
        }
        catch (ObjectDisposedException) when (Array.Exists(reads, read => read.Tensor.IsDisposed))
        {
            // One stage may make gradients that are not wanted beside those that are, and reads what these need.
            throw TapeErrors.Gone(kernel, Array.Find(reads, read => read.Tensor.IsDisposed));
        }
    }

    private void CheckReads()
    {
        var wanted = 0L;
        for (var i = 0; i < needed.Length; i++)
        {
            wanted |= needed[i] ? 1L << i : 0;
        }

        for (var i = 0; i < reads.Length; i++)
        {
            if ((reads[i].For & wanted) == 0)
            {
                continue;
            }

            if (reads[i].Tensor.IsDisposed)
            {
                throw TapeErrors.Gone(kernel, reads[i]);
            }

            if (reads[i].Tensor.Version != readVersions[i])
            {
                throw TapeErrors.Changed(kernel, reads[i]);
            }
        }

        if (Array.Find(saved, tensor => tensor.IsDisposed) is { } gone)
        {
            throw TapeErrors.SavedGone(kernel, gone);
        }
    }

    private void Check(Tensor?[] results)
    {
        if (results.Length != inputs.Length)
        {
            throw new InvalidOperationException($"the backward pass of {kernel} returned {results.Length} gradients for {inputs.Length} inputs");
        }

        for (var i = 0; i < inputs.Length; i++)
        {
            if (needed[i] && results[i] is { } gradient)
            {
                gradient.ThrowIfDisposed();
                if (gradient.Type != inputs[i].Type || !gradient.Shape.SequenceEqual(inputs[i].Shape))
                {
                    throw new InvalidOperationException(
                        $"the backward pass of {kernel} returned {gradient} as the gradient of input {i}, {inputs[i]}");
                }
            }
        }
    }
}
