namespace Mage.Config;

/// <summary>Iterative decoding.</summary>
public sealed record SamplingConfig
{
    /// <summary>Decoding steps.</summary>
    public int Iterations { get; set; } = 12;

    /// <summary>Strength of the noise on the confidences in the first step; falls linearly to zero.</summary>
    public float Temperature { get; set; } = 4.5f;

    /// <summary>Images decoded at once.</summary>
    public int Batch { get; set; } = 64;
}
