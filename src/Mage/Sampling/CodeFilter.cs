using Mage.Config;
using MageDsl;
using static Mage.Sampling.SamplingKernels;

namespace Mage.Sampling;

/// <summary>
/// Shapes the scores that codes are drawn from: temperature, then the k likeliest, then the likeliest of a given probability.
/// </summary>
/// <remarks>
/// The threshold is found by halving, a launch each, since there is no sorting: so scores stay on the device, and each row costs
/// <see cref="Halvings"/> passes over it.
/// </remarks>
internal static class CodeFilter
{
    // Enough for the ends to be neighbours in float32, whatever scores a model gives.
    private const int Halvings = 40;

    /// <summary>The scores to draw from.</summary>
    /// <param name="logits">Scores, <c>[b, t, u]</c>.</param>
    /// <param name="sampling">What to keep.</param>
    public static Tensor Apply(Tensor logits, SamplingConfig sampling)
    {
        if (sampling.TokenTemperature != 1)
        {
            logits = Temper(logits, sampling.TokenTemperature);
        }

        var (topK, topP) = (sampling.TopK > 0 && sampling.TopK < logits.Shape[^1], sampling.TopP < 1);
        if (!topK && !topP)
        {
            return logits;
        }

        var (low, high) = Span(logits);
        if (topK)
        {
            low = Narrow(low, high, (from, to) => NarrowToCount(logits, from, to, sampling.TopK));
            logits = KeepFrom(logits, low);
        }

        return topP ? KeepFrom(logits, Narrow(low, high, (from, to) => NarrowToMass(logits, from, to, sampling.TopP))) : logits;
    }

    private static Tensor Narrow(Tensor low, Tensor high, Func<Tensor, Tensor, (Tensor Low, Tensor High)> halve)
    {
        for (var i = 0; i < Halvings; i++)
        {
            (low, high) = halve(low, high);
        }

        return low;
    }
}
