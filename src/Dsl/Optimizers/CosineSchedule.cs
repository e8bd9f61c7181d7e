namespace MageDsl;

/// <summary>
/// The learning rate of MAGE's training: linear warm-up from zero to <paramref name="peak"/>, then half a cosine down to
/// <paramref name="minimum"/>. Time is in epochs, or in any other unit used for all three; fractions are meant.
/// </summary>
/// <param name="peak">The rate at the end of the warm-up.</param>
/// <param name="minimum">The rate at the end.</param>
/// <param name="warmup">How long the warm-up lasts.</param>
/// <param name="total">When training ends.</param>
public sealed class CosineSchedule(double peak, double minimum, double warmup, double total)
{
    /// <summary>The rate at a time; beyond the end it stays at the minimum.</summary>
    public double Rate(double time)
    {
        if (time < warmup)
        {
            return peak * time / warmup;
        }

        var progress = total > warmup ? Math.Min((time - warmup) / (total - warmup), 1) : 1;
        return minimum + ((peak - minimum) * 0.5 * (1 + Math.Cos(Math.PI * progress)));
    }
}
