using MageDsl;
using static Mage.Model.MageKernels;
using static MageDsl.Layers.Attention;
using static MageDsl.Layers.Perceptron;
using static MageDsl.Layers.Transformer;

namespace Mage.Model;

/// <summary>A pre-norm transformer block: self-attention and a perceptron, each added to the residual stream.</summary>
public sealed class TransformerBlock : Module
{
    private readonly int heads;
    private readonly float dropPath;

    /// <summary>A block of a stream of <paramref name="width"/> channels.</summary>
    /// <param name="width">Channels of the residual stream.</param>
    /// <param name="heads">Attention heads, a divisor of the width.</param>
    /// <param name="mlpRatio">Hidden units of the perceptron as a multiple of the width.</param>
    /// <param name="initial">Gives the first weights.</param>
    /// <param name="dropPath">The share of images whose residual branches are left out in training, at least 0 and below 1.</param>
    public TransformerBlock(int width, int heads, int mlpRatio, Initializer initial, float dropPath = 0)
    {
        if (width % heads != 0)
        {
            throw new ArgumentException($"{heads} heads do not divide {width} channels", nameof(heads));
        }

        this.heads = heads;
        this.dropPath = dropPath;
        Norm1 = Child("norm1", new Norm(width, initial));
        Attention = Child("attn", new AttentionWeights(width, initial));
        Norm2 = Child("norm2", new Norm(width, initial));
        Mlp = Child("mlp", new MlpWeights(width, width * mlpRatio, initial));
    }

    /// <summary>Normalization before attention.</summary>
    public Norm Norm1 { get; }

    /// <summary>Projections of the attention.</summary>
    public AttentionWeights Attention { get; }

    /// <summary>Normalization before the perceptron.</summary>
    public Norm Norm2 { get; }

    /// <summary>The perceptron.</summary>
    public MlpWeights Mlp { get; }

    /// <summary>The next value of the residual stream.</summary>
    /// <param name="x">The stream, <c>[b, t, width]</c>.</param>
    /// <param name="dropout">What to drop.</param>
    /// <returns><c>[b, t, width]</c>.</returns>
    public Tensor Forward(Tensor x, Dropout dropout)
    {
        if (dropout.IsTraining && dropPath > 0)
        {
            return WithDroppedPaths(x, dropout);
        }

        return PreNormBlock(
            x, Norm1.Weight, Norm1.Bias,
            Attention.Qkv.Weight, Attention.Qkv.Bias, Attention.Proj.Weight, Attention.Proj.Bias,
            Norm2.Weight, Norm2.Bias,
            Mlp.Fc1.Weight, Mlp.Fc1.Bias, Mlp.Fc2.Weight, Mlp.Fc2.Bias,
            heads, dropout.Rate, dropout.For(0).Seed, dropout.For(1).Seed, training: dropout.IsOn);
    }

    /// <summary>The halves of the block one by one, so that either branch of an image can be left out.</summary>
    private Tensor WithDroppedPaths(Tensor x, Dropout dropout)
    {
        var attended = DropPath(
            x,
            SelfAttention(
                x, Norm1.Weight, Norm1.Bias,
                Attention.Qkv.Weight, Attention.Qkv.Bias, Attention.Proj.Weight, Attention.Proj.Bias,
                heads, dropout.Rate, dropout.For(0).Seed, training: dropout.IsOn),
            Paths(x.Shape[0], dropout.For(2).Seed));
        return DropPath(
            attended,
            MlpBlock(
                attended, Norm2.Weight, Norm2.Bias, Mlp.Fc1.Weight, Mlp.Fc1.Bias, Mlp.Fc2.Weight, Mlp.Fc2.Bias,
                dropout.Rate, dropout.For(1).Seed, training: dropout.IsOn),
            Paths(x.Shape[0], dropout.For(3).Seed));
    }

    /// <summary>What the branch of each image is multiplied by: 0, or as much more as others are left out.</summary>
    private Tensor Paths(int images, Seed seed)
        => Tensor.From([.. Enumerable.Range(0, images).Select(i => seed.Uniform(i) < dropPath ? 0 : 1 / (1 - dropPath))], images);
}

/// <summary>The projections of an attention layer.</summary>
public sealed class AttentionWeights : Module
{
    internal AttentionWeights(int width, Initializer initial)
    {
        Qkv = Child("qkv", new Dense(3 * width, width, initial));
        Proj = Child("proj", new Dense(width, width, initial));
    }

    /// <summary>To queries, keys and values of all heads.</summary>
    public Dense Qkv { get; }

    /// <summary>From the heads back to the stream.</summary>
    public Dense Proj { get; }
}

/// <summary>The two maps of a perceptron.</summary>
public sealed class MlpWeights : Module
{
    internal MlpWeights(int width, int hidden, Initializer initial)
    {
        Fc1 = Child("fc1", new Dense(hidden, width, initial));
        Fc2 = Child("fc2", new Dense(width, hidden, initial));
    }

    /// <summary>To the hidden units.</summary>
    public Dense Fc1 { get; }

    /// <summary>Back to the stream.</summary>
    public Dense Fc2 { get; }
}
