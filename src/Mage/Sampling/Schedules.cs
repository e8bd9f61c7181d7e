using Mage.Config;

namespace Mage.Sampling;

/// <summary>What changes from one decoding step to the next.</summary>
public static class Schedules
{
    /// <summary>The share of tokens that stay unknown after a share of the steps.</summary>
    /// <param name="schedule">How it falls.</param>
    /// <param name="done">Share of steps done, in [0, 1].</param>
    /// <returns>From 1 at 0 to 0 at 1.</returns>
    public static double Unknown(this MaskSchedule schedule, double done) => schedule switch
    {
        MaskSchedule.Cosine => Math.Cos(Math.PI / 2 * done),
        MaskSchedule.Linear => 1 - done,
        MaskSchedule.Square => 1 - (done * done),
        MaskSchedule.SquareRoot => 1 - Math.Sqrt(done),
        MaskSchedule.Arccos => Math.Acos(done) * 2 / Math.PI,
        _ => throw new ArgumentOutOfRangeException(nameof(schedule), schedule, null),
    };

    /// <summary>The share of guidance in a step.</summary>
    /// <param name="schedule">How it grows.</param>
    /// <param name="step">The step, from 0.</param>
    /// <param name="iterations">Steps in all.</param>
    /// <returns>In [0, 1]; 1 in the last step.</returns>
    public static double Share(this GuidanceSchedule schedule, int step, int iterations)
        => schedule == GuidanceSchedule.Constant || iterations == 1 ? 1 : step / (iterations - 1.0);
}
