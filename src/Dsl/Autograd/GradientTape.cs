namespace MageDsl;

/// <summary>
/// Records launches on this thread while it is alive, and differentiates a loss through them. A launch is recorded if one of its inputs
/// is tracked: the value of a parameter with <see cref="Parameter.RequiresGrad"/>, a tensor that is watched, or the output of a recorded launch.
/// Tapes nest; the innermost records. What the gradients need of the recorded tensors must still be there, and unchanged, when
/// <see cref="Backward"/> runs; it is an error else.
/// </summary>
public sealed class GradientTape : IDisposable
{
    [ThreadStatic]
    private static GradientTape? current;

    private readonly GradientTape? outer;
    private readonly List<TapeEntry> entries = [];
    private readonly HashSet<Tensor> tracked = [];
    private readonly HashSet<Tensor> watched = [];
    private readonly HashSet<Parameter> parameters = [];
    private readonly HashSet<string> constant = [];
    private Dictionary<Tensor, Tensor>? results;
    private bool ran;
    private bool disposed;

    /// <summary>Starts to record.</summary>
    public GradientTape()
    {
        outer = current;
        current = this;
    }

    /// <summary>The tape that records on this thread, or null.</summary>
    public static GradientTape? Current => current;

    /// <summary>How many launches are recorded.</summary>
    public int Count => entries.Count;

    /// <summary>True if a tape is recording and an input is tracked by it: the launch must then be recorded.</summary>
    public static bool IsRecording(params ReadOnlySpan<Tensor> inputs)
    {
        if (current is { } tape)
        {
            foreach (var input in inputs)
            {
                if (tape.Tracks(input))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Nothing is recorded on this thread until the result is disposed: for parts that are not trained.</summary>
    public static IDisposable Pause() => new Suspension();

    /// <summary>Records a launch whose backward pass may read all inputs and outputs. The outputs, but for ids, become tracked.</summary>
    /// <param name="inputs">What it read.</param>
    /// <param name="outputs">What it returned.</param>
    /// <param name="backward">Its backward pass.</param>
    /// <param name="saved">What it made for its backward pass alone: freed as soon as that has run. Nobody else may read it.</param>
    public void Record(Tensor[] inputs, Tensor[] outputs, KernelBackward backward, params Tensor[] saved)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(outputs);
        Record("a recorded launch", inputs, outputs, backward, [.. All(inputs, "input"), .. All(outputs, "output")], saved);

        static IEnumerable<TapeRead> All(Tensor[] tensors, string kind) => tensors.Select((tensor, i) => new TapeRead(tensor, $"{kind} {i}"));
    }

    /// <summary>Records a launch, and what exactly its backward pass reads.</summary>
    /// <param name="kernel">What was launched, for messages.</param>
    /// <param name="inputs">What it read.</param>
    /// <param name="outputs">What it returned.</param>
    /// <param name="backward">Its backward pass.</param>
    /// <param name="reads">What that reads, besides <paramref name="saved"/>.</param>
    /// <param name="saved">What the launch made for its backward pass alone: freed as soon as that has run. Nobody else may read it.</param>
    public void Record(
        string kernel, Tensor[] inputs, Tensor[] outputs, KernelBackward backward, ReadOnlySpan<TapeRead> reads, params Tensor[] saved)
    {
        ArgumentException.ThrowIfNullOrEmpty(kernel);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(backward);
        ArgumentNullException.ThrowIfNull(saved);
        ThrowIfDisposed();
        var needed = Array.ConvertAll(inputs, Tracks);
        entries.Add(new TapeEntry(kernel, inputs, outputs, needed, backward, reads.ToArray(), saved));
        for (var i = 0; i < inputs.Length; i++)
        {
            if (needed[i] && inputs[i].Owner is Parameter parameter)
            {
                parameters.Add(parameter);
            }
        }

        foreach (var output in outputs)
        {
            if (output.Type.IsReal())
            {
                tracked.Add(output);
            }
        }
    }

    /// <summary>
    /// Notes a launch of a differentiable kernel whose results do not change with its arguments, so that there is nothing to record.
    /// </summary>
    /// <param name="kernel">What was launched, for messages.</param>
    /// <param name="inputs">What it read.</param>
    public static void NoteConstant(string kernel, params ReadOnlySpan<Tensor> inputs)
    {
        if (IsRecording(inputs))
        {
            current!.constant.Add(kernel);
        }
    }

    /// <summary>Whether there was such a launch.</summary>
    internal bool HasConstant => constant.Count > 0;

    /// <summary>Wants the gradient of a tensor that is no parameter; before or after it is computed, but before it is used.</summary>
    /// <exception cref="ArgumentException">The tensor holds ids, which have no gradient.</exception>
    /// <exception cref="InvalidOperationException">A recorded launch has used it before.</exception>
    public void Watch(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ThrowIfDisposed();
        tensor.ThrowIfDisposed();
        if (!tensor.Type.IsReal())
        {
            throw new ArgumentException($"{tensor} holds ids, which have no gradient", nameof(tensor));
        }

        if (entries.Find(entry => entry.UsedUntracked(tensor)) is { } early)
        {
            throw TapeErrors.WatchedLate(early.Kernel, tensor);
        }

        watched.Add(tensor);
        tracked.Add(tensor);
    }

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

    /// <summary>Stops recording and forgets the launches; gradients can still be read.</summary>
    /// <exception cref="InvalidOperationException">A tape opened after this one is still recording, or this is another thread.</exception>
    public void Dispose()
    {
        if (disposed)
        {
            return;
        }

        if (current != this)
        {
            throw new InvalidOperationException("a GradientTape must end on the thread that opened it, after the tapes opened inside it");
        }

        disposed = true;
        current = outer;
        entries.Clear();
        tracked.Clear();
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

    private void ThrowIfDisposed()
    {
        if (disposed)
        {
            throw TapeErrors.TapeGone();
        }
    }

    private bool Tracks(Tensor tensor) => tensor.Owner is Parameter { RequiresGrad: true } || tracked.Contains(tensor);

    private bool IsWanted(Tensor tensor) => tensor.Owner is Parameter { RequiresGrad: true } || watched.Contains(tensor);

    private sealed class Suspension : IDisposable
    {
        private readonly GradientTape? suspended = current;

        public Suspension() => current = null;

        public void Dispose() => current = suspended;
    }
}
