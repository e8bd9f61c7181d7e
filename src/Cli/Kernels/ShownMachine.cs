using MageDsl.Devices;
using MageDsl.Devices.Cpu;

namespace Mage.Cli.Kernels;

/// <summary>What figures are compared with: what a machine can do at most.</summary>
/// <param name="Name">What it is, for people.</param>
/// <param name="Roofline">How fast it moves memory, and computes in float32.</param>
/// <param name="Precision">In what it multiplies matrices.</param>
/// <param name="SplitsFloats">Whether tensor cores multiply those of float32, by three products of TF32.</param>
internal sealed record ShownMachine(string Name, Roofline Roofline, Precision Precision, bool SplitsFloats = false)
{
    /// <summary>What the tensor cores of an H200 do in a second by NVIDIA's data sheet, without sparsity.</summary>
    private const double Tf32 = 494.7e12, BFloat16 = 989.4e12;

    private double ProductsPerSecond => Precision switch
    {
        Precision.Tf32 => Tf32,
        Precision.BFloat16 => BFloat16,
        _ when SplitsFloats => Tf32 / 3,
        _ => Roofline.OperationsPerSecond,
    };

    /// <summary>What its figures are of.</summary>
    public string Text => $"{Name}: copies {Figures.Of(Roofline.BytesPerSecond, "B/s")}, multiplies and adds " +
        $"{Figures.Of(Roofline.OperationsPerSecond, "FLOP/s")}" +
        (Precision == Precision.Float32 && !SplitsFloats ? "" : $", matrices in {Precision.Name()} {Figures.Of(ProductsPerSecond, "FLOP/s")}");

    /// <summary>In what figures are, for people.</summary>
    public string Numbers => Precision switch
    {
        Precision.Float32 => "in float32",
        Precision.BFloat16 => "in float32, matrices multiplied in bf16, and what can be in 16 bits",
        _ => $"in float32, matrices multiplied in {Precision.Name()}",
    };

    /// <summary>The least time that work can take, in seconds, and what of it takes so long.</summary>
    /// <param name="bytes">Bytes read and written.</param>
    /// <param name="operations">All operations.</param>
    /// <param name="products">Those of them that multiply matrices.</param>
    public (double Seconds, string Bound) Floor(long bytes, long operations, long products)
    {
        var memory = bytes / Roofline.BytesPerSecond;
        var arithmetic = ((operations - products) / Roofline.OperationsPerSecond) + (products / ProductsPerSecond);
        return (Math.Max(memory, arithmetic), memory >= arithmetic ? "memory" : "arithmetic");
    }
}
