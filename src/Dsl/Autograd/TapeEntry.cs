namespace MageDsl;

/// <summary>One recorded launch.</summary>
internal sealed class TapeEntry(Tensor[] inputs, Tensor[] outputs, bool[] needed, KernelBackward backward, Tensor[] saved)
{
    /// <summary>
    /// Turns the gradients of the outputs, which are taken out of the map unless wanted by the caller, into gradients of the inputs, and
    /// frees what the launch saved for this: the activations of a model go as its gradients come. Does nothing if no output has a gradient.
    /// </summary>
    /// <exception cref="InvalidOperationException">A gradient does not fit its input.</exception>
    public void RunBackward(GradientMap gradients, Predicate<Tensor> isWanted)
    {
        if (!Array.Exists(outputs, gradients.Has))
        {
            return;
        }

        using var temporaries = new TensorScope();
        var outputGradients = Array.ConvertAll(outputs, output => gradients.Lease(output, keepInMap: isWanted(output)));
        var results = backward(outputGradients, [.. needed]);
        Check(results);
        foreach (var result in results)
        {
            if (result is not null)
            {
                temporaries.Keep(result);
                gradients.Hold(result);
            }
        }

        for (var i = 0; i < inputs.Length; i++)
        {
            if (needed[i] && results[i] is { } gradient)
            {
                gradients.Accumulate(inputs[i], gradient);
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

    private void Check(Tensor?[] results)
    {
        if (results.Length != inputs.Length)
        {
            throw new InvalidOperationException($"a backward pass returned {results.Length} gradients for {inputs.Length} inputs");
        }

        for (var i = 0; i < inputs.Length; i++)
        {
            if (needed[i] && results[i] is { } gradient)
            {
                gradient.ThrowIfDisposed();
                if (gradient.Type != inputs[i].Type || !gradient.Shape.SequenceEqual(inputs[i].Shape))
                {
                    throw new InvalidOperationException($"a backward pass returned {gradient} as the gradient of input {i}, {inputs[i]}");
                }
            }
        }
    }
}
