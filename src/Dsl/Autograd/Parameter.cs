namespace MageDsl;

/// <summary>
/// A named tensor that training changes, or that a checkpoint holds. Its memory, and that of its gradient, belongs to no scope: it lives as
/// long as the parameter.
/// </summary>
public sealed class Parameter
{
    private readonly Lock gate = new();
    private Tensor? gradient;
    private int version;
    private bool isOwn;
    private bool isUsed;

    /// <summary>A parameter whose value is <paramref name="value"/> itself, taken out of its scope.</summary>
    /// <param name="name">Its key in checkpoints; modules put the names of their children in front.</param>
    /// <param name="value">Its first value; later ones are written into the same memory.</param>
    /// <param name="requiresGrad">False for what a checkpoint holds but training does not change.</param>
    /// <exception cref="ArgumentException">The value belongs to another parameter already.</exception>
    public Parameter(string name, Tensor value, bool requiresGrad = true)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        value.ThrowIfDisposed();
        if (value.Owner is not null)
        {
            throw new ArgumentException($"{value} is the value of another parameter", nameof(value));
        }

        Name = name;
        Value = TensorScope.Detach(value);
        Value.Owner = this;
        Value.KeepWords();
        Value.Name = name;
        RequiresGrad = requiresGrad && value.Type.IsReal();
    }

    /// <summary>The key in checkpoints, as <c>blocks.0.attn.qkv.weight</c>, seen from the outermost module that holds it.</summary>
    public string Name { get; private set; }

    /// <summary>The value. Always this tensor; its elements change.</summary>
    public Tensor Value { get; }

    /// <summary>Whether tapes track it.</summary>
    public bool RequiresGrad { get; set; }

    /// <summary>
    /// The gradient: the sum of what every <see cref="GradientTape.Backward"/> found since the last step, so that several batches add up to
    /// one. A new sum begins when an optimizer has used this one, when the value has changed, and when it is set to null. No scope ends it
    /// before a step has used it; after that it belongs to the scope of the step. Null if there is none.
    /// </summary>
    /// <exception cref="ArgumentException">The tensor has another type or shape than the value.</exception>
    public Tensor? Gradient
    {
        get => isUsed && this.gradient is { IsDisposed: true } ? null : this.gradient;
        set
        {
            if (value is not null && (value.Type != Value.Type || !value.Shape.SequenceEqual(Value.Shape)))
            {
                throw new ArgumentException($"{value} cannot be the gradient of {Value}", nameof(value));
            }

            lock (gate)
            {
                if (value != this.gradient)
                {
                    HandOver();
                }

                (this.gradient, isOwn, isUsed, version) = (value, false, false, Value.Version);
            }
        }
    }

    /// <summary>The value, so that a parameter can be handed to a kernel.</summary>
    public static implicit operator Tensor(Parameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return parameter.Value;
    }

    /// <inheritdoc/>
    public override string ToString() => Value.ToString();

    /// <summary>Puts the name of the module that holds it in front.</summary>
    internal void Prefix(string module) => Value.Name = Name = $"{module}.{Name}";

    /// <summary>Adds what a backward pass found; null where its loss does not depend on the parameter.</summary>
    internal void AddGradient(Tensor? found)
    {
        lock (gate) // several threads may train on batches of their own
        {
            var isGoingOn = this.gradient is not null && !isUsed && version == Value.Version;
            if (isGoingOn && found is null)
            {
                return;
            }

            var sum = found;
            if (isGoingOn)
            {
                sum = GradientKernels.Add(ReadyGradient()!, found!);
                sum.Name = found!.Name;
            }

            HandOver();
            (this.gradient, isOwn, isUsed, version) = (sum is null ? null : TensorScope.Detach(sum), true, false, Value.Version);
        }
    }

    /// <summary>The gradient for who is about to use it; null if there is none.</summary>
    /// <exception cref="ObjectDisposedException">It is gone, though nobody has used it.</exception>
    internal Tensor? ReadyGradient()
        => Gradient is { IsDisposed: true } gone
            ? throw new ObjectDisposedException(
                nameof(Tensor),
                $"the gradient of {Name} is gone, and no step has used it: "
                + $"{(gone.EndedByScope ? "its TensorScope has ended" : "it was disposed of")}; "
                + "step inside that scope, or let the gradient live longer (TensorScope.Keep)")
            : Gradient;

    /// <summary>Says that a step has used the gradient.</summary>
    internal void UseUpGradient()
    {
        lock (gate)
        {
            HandOver();
            isUsed = true;
        }
    }

    /// <summary>Gives a gradient that was taken out of its scope to the scope at hand, for those who still read it; it ends with that.</summary>
    private void HandOver()
    {
        if (isOwn && this.gradient is { IsDisposed: false, Scope: null } gradient)
        {
            if (TensorScope.Current is { } scope)
            {
                scope.Adopt(gradient);
            }
            else
            {
                gradient.Dispose();
            }
        }
    }
}
