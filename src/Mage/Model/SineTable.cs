using MageDsl;

namespace Mage.Model;

/// <summary>
/// Fixed sine and cosine positions on a grid, a row of zeros for the class token first. The reference keeps two such tables in its checkpoints
/// and never reads them (its positions are learned); they are here so that checkpoints can be exchanged.
/// </summary>
internal static class SineTable
{
    /// <summary>The table <c>[1, 1 + grid * grid, width]</c>: the first half of the channels encodes the column, the second the row.</summary>
    public static Tensor Create(int width, int grid)
    {
        var table = new float[(1 + grid * grid) * width];
        var (half, quarter) = (width / 2, width / 4);
        for (var token = 0; token < grid * grid; token++)
        {
            var row = table.AsSpan((1 + token) * width, width);
            for (var k = 0; k < quarter; k++)
            {
                var frequency = Math.Pow(10000, -k / (double)quarter);
                (row[k], row[quarter + k]) = Waves(token % grid * frequency);
                (row[half + k], row[half + quarter + k]) = Waves(token / grid * frequency);
            }
        }

        return Tensor.From(table, 1, 1 + grid * grid, width);
    }

    private static (float Sine, float Cosine) Waves(double angle) => ((float)Math.Sin(angle), (float)Math.Cos(angle));
}
