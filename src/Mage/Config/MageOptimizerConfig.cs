namespace Mage.Config;

/// <summary>What MAGE's training has besides: decay by name and depth, an average of the weights, and less memory for more time.</summary>
public sealed record MageOptimizerConfig : OptimizerConfig
{
    /// <summary>
    /// How much of the moving average of the weights a step keeps; 0 keeps none. The average lies beside the weights as
    /// <c>mage-ema.safetensors</c>.
    /// </summary>
    public float EmaDecay { get; set; }

    /// <summary>
    /// What the learning rate is multiplied by from each block of the encoder to the one before it, the embeddings last; 1 for the same rate.
    /// </summary>
    public float LayerDecay { get; set; } = 1f;

    /// <summary>
    /// Parameters without weight decay, besides vectors and biases, which never have it: whole keys, or their beginnings up to a dot, as
    /// <c>token_emb</c>.
    /// </summary>
    public string[] NoDecay { get; set; } = [];

    /// <summary>
    /// Keep of each transformer block only what it begins with, and compute the rest again on the way back: less memory, more time, the same bits.
    /// </summary>
    public bool Recompute { get; set; }
}
