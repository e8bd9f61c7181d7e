namespace MageDsl;

/// <content>The way back.</content>
public sealed partial class GradientTape
{
    private Dictionary<Tensor, Tensor>? results;
    private bool ran;

    /// <summary>
    /// Computes d (weight * loss) / d x for every watched tensor and recorded parameter. Those of parameters are added to
    /// <see cref="Parameter.Gradient"/>, which outlives scopes; the others, and the part of this tape in those of parameters, are read with
    /// <see cref="Gradient"/> and belong to the current <see cref="TensorScope"/>. Launches made meanwhile are not recorded. What launches
    /// saved is freed on the way, so this runs once.
    /// </summary>
    /// <param name="loss">One element, any rank.</param>
    /// <param name="weight">What the loss counts for, where a step adds up several: 1 over their number makes their mean.</param>
    /// <exception cref="ArgumentException">
    /// The loss has several elements, or does not depend on anything tracked; or the weight is not finite.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// A tensor that a gradient needs has changed since it was used (the message names it, what changed it and the kernel that needs it),
    /// a backward pass returned a gradient that does not fit its input, or the tape has run before.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The loss, or a tensor that a gradient needs, is gone, or the tape has been disposed of.</exception>
    public void Backward(Tensor loss, double weight = 1)
    {
        if (!TryBackward(loss, weight))
        {
            throw TapeErrors.Unreached(loss);
        }
    }

    /// <summary>As <see cref="Backward"/>, but false instead of an error if no gradient comes out.</summary>
    internal bool TryBackward(Tensor loss, double weight = 1)
    {
        ArgumentNullException.ThrowIfNull(loss);
        ThrowIfDisposed();
        loss.ThrowIfDisposed();
        if (!double.IsFinite(weight))
        {
            throw new ArgumentException($"the weight of a loss must be finite, not {weight}", nameof(weight));
        }

        if (loss.Count != 1)
        {
            throw new ArgumentException($"the loss must have one element: {loss}", nameof(loss));
        }

        if (!Tracks(loss))
        {
            throw TapeErrors.NotRecorded(loss, Count, constant);
        }

        if (ran)
        {
            throw new InvalidOperationException(
                "a GradientTape runs backward once, because that frees what its launches saved; record them on another tape");
        }

        ran = true;
        using var paused = Pause();
        this.results = Gradients(loss, weight);
        foreach (var parameter in parameters)
        {
            parameter.AddGradient(this.results.GetValueOrDefault(parameter.Value));
        }

        return this.results.Count > 0;
    }

    /// <summary>
    /// The gradient that this tape found of a watched tensor or a parameter's value; null if the loss does not depend on it. It can be read
    /// when the tape is disposed of, as long as the scope lasts in which <see cref="Backward"/> ran.
    /// </summary>
    /// <exception cref="ArgumentException">The tensor was neither watched nor a parameter's value.</exception>
    /// <exception cref="InvalidOperationException"><see cref="Backward"/> has not run, or has failed.</exception>
    /// <exception cref="ObjectDisposedException">The gradient went with its scope.</exception>
    public Tensor? Gradient(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (!IsWanted(tensor))
        {
            throw new ArgumentException($"the gradient of {tensor} was not asked for: watch it", nameof(tensor));
        }

        if (this.results is null)
        {
            throw new InvalidOperationException($"there is no gradient of {tensor} yet: this tape has not run {nameof(Backward)} to its end");
        }

        var gradient = this.results.GetValueOrDefault(tensor);
        gradient?.ThrowIfDisposed();
        return gradient;
    }

    /// <summary>Runs the recorded launches back; the gradients that are wanted come out, in the caller's scope.</summary>
    private Dictionary<Tensor, Tensor> Gradients(Tensor loss, double weight)
    {
        using var scope = new TensorScope();
        var gradients = new GradientMap(scope);
        gradients.Seed(loss, weight);
        for (var i = entries.Count - 1; i >= 0; i--)
        {
            entries[i].RunBackward(gradients, IsWanted);
        }

        var results = new Dictionary<Tensor, Tensor>();
        foreach (var (tensor, gradient) in gradients.TakeAll())
        {
            if (IsWanted(tensor))
            {
                gradient.Name = $"gradient of {tensor.Name ?? "a tensor"}";
                results.Add(tensor, scope.Keep(gradient));
            }
        }

        return results;
    }
}
