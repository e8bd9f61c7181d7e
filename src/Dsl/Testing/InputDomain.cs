namespace MageDsl.Testing;

/// <summary>Where a check draws the elements of a tensor from.</summary>
public sealed record InputDomain
{
    private InputDomain(double low, double high, string? axis)
    {
        Low = low;
        High = high;
        Axis = axis;
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
            var value = Low + (high - Low) * random.NextDouble();
            values[i] = ids ? Math.Floor(value) : (float)value;
        }
        return values;
    }
}
