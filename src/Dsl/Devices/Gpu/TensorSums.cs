using ILGPU;

namespace MageDsl.Devices.Gpu;

/// <summary>Sums of a tensor core on their way to shared memory, from where neighbouring threads store neighbours.</summary>
internal static class TensorSums<T, S>
    where T : unmanaged
    where S : struct, IScalar<T>
{
    /// <summary>From row to row of a tile of 128 columns.</summary>
    public const int Stride = StepShare.Count + 4;

    /// <summary>A lane's sums of 16 rows and 32 columns; T is float, or else the tile would not have been taken.</summary>
    /// <param name="result">Where the first of them goes.</param>
    /// <param name="stride">From row to row.</param>
    /// <param name="row">The sums.</param>
    public static void Put(ArrayView<T> result, int stride, Quad<Quad<float>> row)
    {
        Put(result, stride, 0, row.X);
        Put(result, stride, 8, row.Y);
        Put(result, stride, 16, row.Z);
        Put(result, stride, 24, row.W);
    }

    private static void Put(ArrayView<T> result, int stride, int column, Quad<float> sums)
    {
        result[column] = S.FromSingle(sums.X);
        result[column + 1] = S.FromSingle(sums.Y);
        result[(8 * stride) + column] = S.FromSingle(sums.Z);
        result[(8 * stride) + column + 1] = S.FromSingle(sums.W);
    }
}
