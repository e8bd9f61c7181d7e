namespace Mage.Training;

/// <summary>Which weights of MAGE a finished run is used with.</summary>
public enum TrainedWeights
{
    /// <summary>The moving average over training (<c>mage-ema.safetensors</c>).</summary>
    Ema,

    /// <summary>Those of the last step (<c>mage.safetensors</c>).</summary>
    Last,
}
