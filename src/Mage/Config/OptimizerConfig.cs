namespace Mage.Config;

/// <summary>AdamW with a linear warm-up and half a cosine.</summary>
public record OptimizerConfig
{
    /// <summary>Optimizer steps.</summary>
    public int Steps { get; set; } = 1000;

    /// <summary>Images that pass through the model at once.</summary>
    public int Batch { get; set; } = 64;

    /// <summary>
    /// Batches in a step: their gradients are averaged, so that a step sees <see cref="Batch"/> times as many images in the memory of one
    /// batch. One batch of all of them gives the same but for rounding and dropout.
    /// </summary>
    public int Accumulate { get; set; } = 1;

    /// <summary>Images in a step.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public int StepImages => Batch * Accumulate;

    /// <summary>Learning rate after the warm-up.</summary>
    public float LearningRate { get; set; } = 1e-3f;

    /// <summary>Learning rate at the end.</summary>
    public float MinLearningRate { get; set; }

    /// <summary>Steps until the learning rate is reached.</summary>
    public int WarmupSteps { get; set; } = 100;

    /// <summary>Decoupled weight decay of tensors with more than one dimension.</summary>
    public float WeightDecay { get; set; } = 0.05f;

    /// <summary>Decay of the first moment.</summary>
    public float Beta1 { get; set; } = 0.9f;

    /// <summary>Decay of the second moment.</summary>
    public float Beta2 { get; set; } = 0.95f;

    /// <summary>Largest global norm of the gradient; 0 leaves it alone.</summary>
    public float Clip { get; set; } = 1f;
}
