namespace MageDsl;

/// <summary>
/// Records launches on this thread while it is alive, and differentiates a loss through them. A launch is recorded if one of its inputs
/// is tracked: the value of a parameter with <see cref="Parameter.RequiresGrad"/>, a tensor that is watched, or the output of a recorded launch.
/// Tapes nest; the innermost records. What the gradients need of the recorded tensors must still be there, and unchanged, when
/// <see cref="Backward"/> runs; it is an error else.
/// </summary>
public sealed partial class GradientTape : IDisposable
{
    [ThreadStatic]
    private static GradientTape? current;

    private readonly GradientTape? outer;
    private readonly Predicate<Tensor> isSource;
    private readonly List<ITapeEntry> entries = [];
    private readonly HashSet<Tensor> tracked = [];
    private readonly HashSet<Tensor> watched = [];
    private readonly HashSet<Parameter> parameters = [];
    private readonly HashSet<string> constant = [];
    private bool disposed;

    /// <summary>Starts to record.</summary>
    public GradientTape()
        : this(IsTrainable)
    {
    }

    /// <summary>Starts to record what depends on tensors of a choice.</summary>
    /// <param name="isSource">Which tensors are tracked though nothing that is recorded made them.</param>
    internal GradientTape(Predicate<Tensor> isSource)
    {
        (this.isSource, outer) = (isSource, current);
        current = this;
    }

    /// <summary>The tape that records on this thread, or null.</summary>
    public static GradientTape? Current => current;

    /// <summary>How many launches are recorded; all those of a <see cref="Recomputation"/> are one.</summary>
    public int Count => entries.Count;

    /// <summary>What is recorded, in order.</summary>
    internal IReadOnlyList<ITapeEntry> Entries => entries;

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
        Add(new TapeEntry(kernel, inputs, outputs, Array.ConvertAll(inputs, Tracks), backward, reads.ToArray(), saved), outputs);
    }

    /// <summary>Records a part of the forward pass that keeps nothing.</summary>
    /// <param name="part">The part.</param>
    /// <param name="outputs">Those of its results that depend on something tracked.</param>
    /// <param name="first">What its first run has recorded.</param>
    internal void Record(RecomputedPart part, IEnumerable<Tensor> outputs, GradientTape first)
    {
        ThrowIfDisposed();
        constant.UnionWith(first.constant);
        if (first.Count > 0)
        {
            Add(part, outputs);
        }
    }

    /// <summary>Whether a tensor is the result of something recorded.</summary>
    internal bool Made(Tensor tensor) => tracked.Contains(tensor);

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

        if (entries.SelectMany(entry => entry.Uses).Where(use => use.Tensor == tensor && !use.IsTracked).ToList() is [var early, ..])
        {
            throw TapeErrors.WatchedLate(early.Kernel, tensor);
        }

        watched.Add(tensor);
        tracked.Add(tensor);
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

    private void ThrowIfDisposed()
    {
        if (disposed)
        {
            throw TapeErrors.TapeGone();
        }
    }

    private void Add(ITapeEntry entry, IEnumerable<Tensor> outputs)
    {
        entries.Add(entry);
        parameters.UnionWith(entry.Uses.Where(use => use.IsTracked).Select(use => use.Tensor.Owner).OfType<Parameter>());
        tracked.UnionWith(outputs.Where(output => output.Type.IsReal()));
    }

    /// <summary>Whether launches that use the tensor are recorded.</summary>
    internal bool Tracks(Tensor tensor) => isSource(tensor) || tracked.Contains(tensor);

    private bool IsWanted(Tensor tensor) => IsTrainable(tensor) || watched.Contains(tensor);

    private static bool IsTrainable(Tensor tensor) => tensor.Owner is Parameter { RequiresGrad: true };

    private sealed class Suspension : IDisposable
    {
        private readonly GradientTape? suspended = current;

        public Suspension() => current = null;

        public void Dispose() => current = suspended;
    }
}
