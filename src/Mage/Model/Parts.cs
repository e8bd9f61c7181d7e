using MageDsl;

namespace Mage.Model;

/// <summary>Scale and shift of a normalization: ones and zeros at first.</summary>
public sealed class Norm : Module
{
    /// <summary>For <paramref name="width"/> channels.</summary>
    public Norm(int width, Initializer initial)
    {
        Weight = Add("weight", initial.Ones(width));
        Bias = Add("bias", initial.Zeros(width));
    }

    /// <summary>Scale, <c>[width]</c>.</summary>
    public Parameter Weight { get; }

    /// <summary>Shift, <c>[width]</c>.</summary>
    public Parameter Bias { get; }
}

/// <summary>Weight and bias of an affine map: Xavier-uniform and zeros at first.</summary>
public sealed class Dense : Module
{
    /// <summary>From <paramref name="inputs"/> to <paramref name="outputs"/> channels.</summary>
    public Dense(int outputs, int inputs, Initializer initial)
    {
        Weight = Add("weight", initial.XavierUniform(outputs, inputs));
        Bias = Add("bias", initial.Zeros(outputs));
    }

    /// <summary>One row per output, <c>[outputs, inputs]</c>.</summary>
    public Parameter Weight { get; }

    /// <summary>Shift, <c>[outputs]</c>.</summary>
    public Parameter Bias { get; }
}

/// <summary>A table of vectors: normal with deviation 0.02 at first.</summary>
public sealed class Table : Module
{
    /// <summary>Of <paramref name="rows"/> vectors.</summary>
    public Table(int rows, int width, Initializer initial) => Weight = Add("weight", initial.Normal(0.02, rows, width));

    /// <summary>The vectors, <c>[rows, width]</c>.</summary>
    public Parameter Weight { get; }
}

/// <summary>
/// How a forward pass drops out: <c>default</c> for not at all, as in evaluation and decoding.
/// </summary>
/// <param name="Rate">Probability to drop an element.</param>
/// <param name="Seed">Key of the masks.</param>
public readonly record struct Dropout(float Rate, Seed Seed)
{
    /// <summary>Whether elements are dropped.</summary>
    public bool IsOn => Rate > 0;

    /// <summary>Whether the pass belongs to training, so that what is dropped in other ways (<see cref="TransformerBlock"/>) is.</summary>
    public bool IsTraining { get; init; }

    /// <summary>The same rate with a key of its own.</summary>
    public Dropout For(int key) => this with { Seed = Seed.For(key) };
}
