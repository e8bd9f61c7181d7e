namespace MageDsl;

/// <summary>
/// A named tensor that training changes, or that a checkpoint holds. Its memory belongs to no scope: it lives as long as the parameter.
/// </summary>
public sealed class Parameter
{
    private Tensor? _gradient;

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
        if (value.Parameter is not null)
        {
            throw new ArgumentException($"{value} is the value of another parameter", nameof(value));
        }

        Name = name;
        Value = TensorScope.Detach(value);
        Value.Parameter = this;
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
    /// The gradient of the last <see cref="GradientTape.Backward"/> that met this parameter; null if there was none, if the loss did not
    /// depend on it, or if the scope that the gradient lived in has ended.
    /// </summary>
    public Tensor? Gradient
    {
        get => _gradient is { IsDisposed: false } ? _gradient : null;
        set => _gradient = value;
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
}
