namespace MageDsl.Devices;

/// <summary>In what products of float32 are computed; their sums, and all else, are float32 in any case.</summary>
public enum Precision
{
    /// <summary>24 bits, as everywhere.</summary>
    Float32,

    /// <summary>Operands are rounded to 11 bits (TensorFloat-32: the exponents of float32), for tensor cores.</summary>
    Tf32,

    /// <summary>Operands are rounded to 8 bits (bfloat16: the exponents of float32), for tensor cores.</summary>
    BFloat16,
}

/// <summary>Names of <see cref="Precision"/>.</summary>
public static class Precisions
{
    /// <summary>As users write them, in the order of <see cref="Precision"/>.</summary>
    public static IReadOnlyList<string> Names { get; } = ["float32", "tf32", "bf16"];

    /// <summary>The name of one.</summary>
    public static string Name(this Precision precision) => Names[(int)precision];

    /// <summary>The one of a name, upper and lower case being one.</summary>
    /// <exception cref="DeviceException">None is called so.</exception>
    public static Precision Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var index = Names.ToList().FindIndex(known => known.Equals(name.Trim(), StringComparison.OrdinalIgnoreCase));
        return index >= 0 ? (Precision)index : throw new DeviceException($"no precision is called '{name}'; there is {string.Join(", ", Names)}");
    }
}
