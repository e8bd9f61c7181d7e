using MageDsl;

namespace Mage.Model;

/// <summary>Embedding of tokens: words, positions and a layer normalization.</summary>
public sealed class TokenEmbedding : Module
{
    internal TokenEmbedding(int words, int positions, int width, Initializer initial)
    {
        // A constant in the checkpoint of the reference: 0, 1, 2, ...
        Add("position_ids", Tensor.From(Enumerable.Range(0, positions).ToArray(), 1, positions), requiresGrad: false);
        Words = Child("word_embeddings", new Table(words, width, initial));
        Positions = Child("position_embeddings", new Table(positions, width, initial));
        Norm = Child("LayerNorm", new Norm(width, initial));
    }

    /// <summary>One vector per word.</summary>
    public Table Words { get; }

    /// <summary>One vector per position; the class token has position 0.</summary>
    public Table Positions { get; }

    /// <summary>Normalization of their sum.</summary>
    public Norm Norm { get; }
}

/// <summary>The masked-language-model head: from decoder tokens to scores of words.</summary>
public sealed class MlmLayer : Module
{
    internal MlmLayer(int inputs, int width, int words, Initializer initial)
    {
        Bias = Add("bias", initial.Zeros(1, 1, words));
        Fc = Child("fc", new Dense(width, inputs, initial));
        Norm = Child("ln", new Norm(width, initial));
    }

    /// <summary>One per word, <c>[1, 1, words]</c>.</summary>
    public Parameter Bias { get; }

    /// <summary>To the width of the word embeddings.</summary>
    public Dense Fc { get; }

    /// <summary>Normalization of the hidden layer.</summary>
    public Norm Norm { get; }
}

/// <summary>
/// A map from pixel patches that the reference carries along from the masked autoencoder it grew out of. MAGE embeds tokens instead; the
/// parameters are here so that checkpoints can be exchanged.
/// </summary>
public sealed class PatchEmbedding : Module
{
    internal PatchEmbedding(int width, int channels, int patch, Initializer initial) =>
        Child("proj", new Projection(width, channels, patch, initial));

    private sealed class Projection : Module
    {
        public Projection(int width, int channels, int patch, Initializer initial)
        {
            using var scope = new TensorScope(); // takes the tensor that is seen in another shape
            Add("weight", initial.XavierUniform(width, channels * patch * patch).Reshape(width, channels, patch, patch));
            Add("bias", initial.KaimingBias(channels * patch * patch, width));
        }
    }
}
