using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using MageDsl;
using MageDsl.Layers;
using Tensor = MageDsl.Tensor;

namespace Bench.Kernels;

/// <summary>Dropout of a branch and the addition to the residual stream. The library draws no random numbers: System.Random fills the mask.</summary>
internal sealed class DropoutResidualCase : KernelCase
{
    private const int Width = 3072;
    private const float Rate = 0.1f;
    private readonly Tensor residual, branch, mask;
    private readonly Random[] generators;

    public DropoutResidualCase()
    {
        residual = Input(1, Rows, Width);
        branch = Input(1, Rows, Width);
        mask = Buffer(Rows, Width);
        Result = Buffer(Rows, Width);
        // Without a seed it is the fast generator of .NET.
        generators = [.. Enumerable.Range(0, MageDsl.Devices.Cpu.WorkerPool.Shared.Threads).Select(_ => new Random())];
    }

    public override string Name => $"dropout + residual [{Rows}, {Width}]";

    public override long LeastBytes => 3L * Rows * Width * sizeof(float);

    public override long BackwardBytes => 3L * Rows * Width * sizeof(float);

    public override double Tolerance => 1e-3;

    protected override int Rows => 8192;

    protected override Tensor Result { get; }

    protected override Tensor[] Differentiated => [residual, branch];

    protected override Tensor Launch(bool fused) => fused
        ? Regularization.DropoutResidual(residual, branch, Rate, seed: 1)
        : UnfusedRegularization.DropoutResidual(residual, branch, Rate, seed: 1);

    // Seven passes: bits, to floats in [1, 2) by shift and or, 1 or 0 by subtract and floor, mask the branch, scale and add.
    protected override void Pass(int first, int rows, int part)
    {
        var keep = Part(mask, first, rows);
        var bits = MemoryMarshal.Cast<float, uint>(keep);
        generators[part].NextBytes(MemoryMarshal.AsBytes(bits));
        TensorPrimitives.ShiftRightLogical(bits, 9, bits);
        TensorPrimitives.BitwiseOr(bits, 0x3F800000u, bits);
        TensorPrimitives.Subtract(keep, Rate, keep);
        TensorPrimitives.Floor(keep, keep);
        TensorPrimitives.Multiply(keep, Part(branch, first, rows), keep);
        TensorPrimitives.MultiplyAdd(keep, 1 / (1 - Rate), Part(residual, first, rows), Part(Result, first, rows));
    }

    /// <summary>The two draw different masks: the shares that they drop are compared.</summary>
    protected override double Difference(ReadOnlySpan<float> ours, ReadOnlySpan<float> theirs)
        => Math.Abs(Dropped(ours) - Dropped(theirs)) + Math.Abs(Dropped(ours) - Rate);

    private double Dropped(ReadOnlySpan<float> result)
    {
        var stream = residual.Span<float>();
        var count = 0;
        for (var i = 0; i < result.Length; i++)
            count += result[i] == stream[i] ? 1 : 0;
        return count / (double)result.Length;
    }
}

/// <inheritdoc cref="DropoutResidualCase"/>
public class DropoutResidualBenchmarks : KernelBenchmarks
{
    private protected override KernelCase Create() => new DropoutResidualCase();
}
