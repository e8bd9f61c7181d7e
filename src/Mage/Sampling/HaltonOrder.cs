namespace Mage.Sampling;

/// <summary>An order of the places of a grid in which early ones lie far from each other.</summary>
/// <remarks>
/// Besnier et al., "Halton Scheduler For Masked Generative Image Transformer", arXiv 2503.17076, section 4: the points of the Halton sequence
/// with bases 2 (rows) and 3 (columns), each in the cell that it falls into; cells that were met before are passed over.
/// </remarks>
public static class HaltonOrder
{
    /// <summary>The rank of every place, row by row: 0 for the place that comes first.</summary>
    /// <param name="grid">Places along one side.</param>
    public static int[] Ranks(int grid)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(grid, 1);
        var ranks = new int[grid * grid];
        Array.Fill(ranks, -1);
        var met = 0;
        for (var point = 1; met < ranks.Length; point++)
        {
            var place = ((int)(Reversed(point, 2) * grid) * grid) + (int)(Reversed(point, 3) * grid);
            if (ranks[place] < 0)
            {
                ranks[place] = met++;
            }
        }

        return ranks;
    }

    /// <summary>The digits of a number behind the point, in reverse: 6 is 110 in base 2, so 0.011, which is 0.375.</summary>
    private static double Reversed(int number, int numberBase)
    {
        var (value, digit) = (0.0, 1.0 / numberBase);
        for (; number > 0; number /= numberBase)
        {
            value += number % numberBase * digit;
            digit /= numberBase;
        }

        return value;
    }
}
