namespace Mage.Config;

/// <summary>Limits of the closing evaluation, so that it stays a matter of seconds on large sets.</summary>
public sealed record EvaluationConfig
{
    /// <summary>Training images that the linear probe and kNN use at most (the first ones).</summary>
    public int TrainImages { get; set; } = 10000;

    /// <summary>Held-out images that are evaluated at most (the first ones).</summary>
    public int HeldOutImages { get; set; } = 2000;

    /// <summary>Images in a forward pass.</summary>
    public int Batch { get; set; } = 128;
}
