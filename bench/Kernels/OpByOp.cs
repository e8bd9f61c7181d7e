using System.Numerics.Tensors;
using MageDsl.Devices.Cpu;

namespace Bench.Kernels;

/// <summary>
/// Passes over matrices that several cases share. Where System.Numerics.Tensors has one call for two primitives
/// (SumOfSquares, MultiplyAdd, AddMultiply), that call is used.
/// </summary>
internal static unsafe class OpByOp
{
    /// <summary>Five passes: mean, centre, variance, scale by 1 / deviation, weight and bias.</summary>
    public static void LayerNorm(
        ReadOnlySpan<float> x, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, Span<float> statistics, Span<float> centered, Span<float> result)
    {
        var columns = weight.Length;
        for (var row = 0; row < statistics.Length; row++)
            statistics[row] = TensorPrimitives.Sum(x.Slice(row * columns, columns));
        TensorPrimitives.Divide(statistics, columns, statistics);
        for (var row = 0; row < statistics.Length; row++)
            TensorPrimitives.Subtract(x.Slice(row * columns, columns), statistics[row], centered.Slice(row * columns, columns));
        for (var row = 0; row < statistics.Length; row++)
            statistics[row] = TensorPrimitives.SumOfSquares<float>(centered.Slice(row * columns, columns));
        TensorPrimitives.Divide(statistics, columns, statistics);
        TensorPrimitives.Add(statistics, 1e-6f, statistics);
        TensorPrimitives.ReciprocalSqrt(statistics, statistics);
        for (var row = 0; row < statistics.Length; row++)
            TensorPrimitives.Multiply(centered.Slice(row * columns, columns), statistics[row], result.Slice(row * columns, columns));
        for (var row = 0; row < statistics.Length; row++)
            TensorPrimitives.MultiplyAdd(result.Slice(row * columns, columns), weight, bias, result.Slice(row * columns, columns));
    }

    /// <summary>One pass; in place if the spans are the same.</summary>
    public static void AddBias(ReadOnlySpan<float> x, ReadOnlySpan<float> bias, Span<float> result)
    {
        for (var start = 0; start < x.Length; start += bias.Length)
            TensorPrimitives.Add(x.Slice(start, bias.Length), bias, result.Slice(start, bias.Length));
    }

    /// <summary>Four passes: scale, erf, (1 + ·) x, halve.</summary>
    public static void Gelu(ReadOnlySpan<float> x, Span<float> result)
    {
        TensorPrimitives.Multiply(x, 0.70710678f, result);
        Erf(result);
        TensorPrimitives.AddMultiply(result, 1f, x, result);
        TensorPrimitives.Multiply(result, 0.5f, result);
    }

    /// <summary>Five passes: maximum, subtract, exp, sum, divide.</summary>
    public static void Softmax(ReadOnlySpan<float> x, int columns, Span<float> statistics, Span<float> result)
    {
        for (var row = 0; row < statistics.Length; row++)
            statistics[row] = TensorPrimitives.Max(x.Slice(row * columns, columns));
        for (var row = 0; row < statistics.Length; row++)
            TensorPrimitives.Subtract(x.Slice(row * columns, columns), statistics[row], result.Slice(row * columns, columns));
        TensorPrimitives.Exp(result, result);
        for (var row = 0; row < statistics.Length; row++)
            statistics[row] = TensorPrimitives.Sum<float>(result.Slice(row * columns, columns));
        for (var row = 0; row < statistics.Length; row++)
            TensorPrimitives.Divide(result.Slice(row * columns, columns), statistics[row], result.Slice(row * columns, columns));
    }

    /// <summary>The library has no error function: a pass with the one that kernels use.</summary>
    private static void Erf(Span<float> values)
    {
        fixed (float* p = values)
        {
            switch (Simd.Width)
            {
                case 512: Erf<Simd512<float>, System.Runtime.Intrinsics.Vector512<float>>(p, values.Length); break;
                case 256: Erf<Simd256<float>, System.Runtime.Intrinsics.Vector256<float>>(p, values.Length); break;
                default: Erf<Simd128<float>, System.Runtime.Intrinsics.Vector128<float>>(p, values.Length); break;
            }
        }
    }

    private static void Erf<S, V>(float* p, nint count)
        where S : struct, ISimd<float, V> where V : unmanaged
    {
        nint i = 0, lanes = sizeof(V) / sizeof(float);
        for (; i + 2 * lanes <= count; i += 2 * lanes)
        {
            var (first, second) = (S.Erf(S.Load(p + i)), S.Erf(S.Load(p + i + lanes)));
            S.Store(p + i, first);
            S.Store(p + i + lanes, second);
        }
        for (; i < count; i += lanes)
        {
            var rest = Math.Min(lanes, count - i);
            S.StoreTail(p + i, S.Erf(S.LoadTail(p + i, rest)), rest);
        }
    }
}
