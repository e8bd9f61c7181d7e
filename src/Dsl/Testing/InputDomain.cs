namespace MageDsl.Testing;

/// <summary>Where a check draws the elements of a tensor from.</summary>
public sealed record InputDomain
{
    private InputDomain(double low, double high, string? axis, bool isExtreme = false)
    {
        Low = low;
        High = high;
        Axis = axis;
        IsExtreme = isExtreme;
    }

    /// <summary>Reals from -1 to 1: the default.</summary>
    public static InputDomain Symmetric { get; } = new(-1, 1, null);

    /// <summary>Reals from 0.25 to 2, for logarithms, square roots and divisors.</summary>
    public static InputDomain Positive { get; } = new(0.25, 2, null);

    /// <summary>The least element.</summary>
    public double Low { get; }

    /// <summary>Above the largest element.</summary>
    public double High { get; }

    /// <summary>The axis whose size is <see cref="High"/>, or null.</summary>
    public string? Axis { get; }

    /// <summary>
    /// Whether numbers of every magnitude are drawn, and the ends, zero and numbers that were drawn already, see <see cref="Extreme"/>.
    /// </summary>
    public bool IsExtreme { get; }

    /// <summary>
    /// What is hard in [-range, range]: a tenth each are zeros, repetitions of earlier elements (ties), and the two ends; the others are
    /// uniform in the range, or uniform in their logarithm from 1/range on.
    /// </summary>
    /// <param name="range">The largest magnitude, at least 1 and in the range of float32.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is less than 1, or no float32.</exception>
    public static InputDomain Extreme(double range) =>
        range is >= 1 and <= float.MaxValue ? new(-range, range, null, isExtreme: true)
        : throw new ArgumentOutOfRangeException(
            nameof(range), range, $"a range of inputs is at least 1 and at most {float.MaxValue}, the largest float32");

    /// <summary>The extreme domain of a range with the sign of this one: what is positive stays so, and what is not negative.</summary>
    /// <param name="range">As for <see cref="Extreme"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">As <see cref="Extreme"/>.</exception>
    public InputDomain Widened(double range) =>
        Extreme(range) is var wide && Low >= 0 ? new(Low > 0 ? 1 / range : 0, range, null, isExtreme: true) : wide;

    /// <summary>Uniform reals, or for ids whole numbers, at least low and below high.</summary>
    public static InputDomain Between(double low, double high) =>
        low < high ? new(low, high, null) : throw new ArgumentException($"no number is at least {low} and below {high}");

    /// <summary>Ids of a table: from 0 and below the size of one of the kernel's axes.</summary>
    public static InputDomain IdsOf(string axis) => new(0, 0, axis);

    /// <summary>Draws elements. Reals are representable in float32, so that every precision starts from the same numbers.</summary>
    internal double[] Draw(Random random, int count, bool ids, IReadOnlyDictionary<string, int> sizes)
    {
        var high = Axis is null ? High : sizes[Axis];
        var values = new double[count];
        for (var i = 0; i < count; i++)
        {
            var value = IsExtreme ? DrawExtreme(random, values.AsSpan(0, i)) : Low + (high - Low) * random.NextDouble();
            values[i] = ids ? Math.Floor(value) : (float)value;
        }
        return values;
    }

    private double DrawExtreme(Random random, ReadOnlySpan<double> drawn)
    {
        var sign = Low < 0 && random.Next(2) == 0 ? -1 : 1;
        return random.Next(20) switch
        {
            < 2 when Low <= 0 => 0,
            < 4 when drawn.Length > 0 => drawn[random.Next(drawn.Length)],
            < 6 => sign * High,
            < 13 => sign * Math.Max(Low, High * random.NextDouble()),
            _ => sign * Math.Pow(High, 2 * random.NextDouble() - 1),
        };
    }
}
