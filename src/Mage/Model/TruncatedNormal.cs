using MageDsl;

namespace Mage.Model;

/// <summary>A normal distribution restricted to an interval: MAGE draws the mask rate of every batch from one.</summary>
/// <param name="Mean">Mode of the distribution (its mean before restriction).</param>
/// <param name="Deviation">Standard deviation before restriction, above 0.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end, above the lower.</param>
public readonly record struct TruncatedNormal(double Mean, double Deviation, double Low, double High)
{
    /// <summary>The value that a draw falls below with the given probability: of a uniform random number, a draw.</summary>
    /// <param name="probability">Between 0 and 1.</param>
    public double Quantile(double probability)
    {
        var (below, above) = (Normal(Low), Normal(High));
        var wanted = below + probability * (above - below);
        var (low, high) = (Low, High);

        // The distribution function rises, so bisection finds the quantile to the last bit, in about 50 halvings.
        while (true)
        {
            var middle = (low + high) / 2;
            if (middle <= low || middle >= high)
            {
                return middle;
            }

            if (Normal(middle) < wanted)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }
    }

    private double Normal(double x) => 0.5 * (1 + Ops.Erf((x - Mean) / (Deviation * Math.Sqrt(2))).Item());
}
