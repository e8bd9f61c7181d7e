namespace SmallNet;

/// <summary>Points on the arms of a spiral: which arm one is on cannot be told by a straight line.</summary>
/// <param name="Points">Two coordinates for each point.</param>
/// <param name="Arms">The arm of each point.</param>
public sealed record Spirals(float[] Points, int[] Arms)
{
    /// <summary>The number of arms.</summary>
    public const int ArmCount = 3;

    private const double Turns = 1.5;
    private const double Noise = 0.9;

    /// <summary>How many points there are.</summary>
    public int Count => Arms.Length;

    /// <summary>Draws points, the same for the same seed.</summary>
    public static Spirals Draw(int count, int seed)
    {
        var random = new Random(seed);
        var (points, arms) = (new float[2 * count], new int[count]);
        for (var i = 0; i < count; i++)
        {
            arms[i] = i % ArmCount;
            var radius = Math.Sqrt(random.NextDouble());
            var noise = Noise * (random.NextDouble() + random.NextDouble() - 1);
            var angle = (2 * Math.PI * ((double)arms[i] / ArmCount + Turns * radius)) + noise;
            points[2 * i] = (float)(radius * Math.Cos(angle));
            points[(2 * i) + 1] = (float)(radius * Math.Sin(angle));
        }

        return new Spirals(points, arms);
    }
}
