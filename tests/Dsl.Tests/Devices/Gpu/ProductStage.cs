using ILGPU;
using MageDsl.Devices.Gpu;

namespace MageDsl.Tests.Devices.Gpu;

/// <summary>A product of matrices as they are, either with its rows or with its columns side by side, and doubled at the end.</summary>
public struct ProductStage<T, S> : IGpuContraction<ProductStage<T, S>, T>
    where T : unmanaged
    where S : struct, IScalar<T>
{
    public ArrayView<T> X, Y, Z;
    public int M, N, K, LeftAlongK, RightAlongK;

    public static T Left(ProductStage<T, S> a, int batch, int m, int k) => a.X[a.LeftAlongK != 0 ? (((batch * a.M) + m) * a.K) + k : (((batch * a.K) + k) * a.M) + m];

    public static T Right(ProductStage<T, S> a, int batch, int k, int n) => a.Y[a.RightAlongK != 0 ? (((batch * a.N) + n) * a.K) + k : (((batch * a.K) + k) * a.N) + n];

    public static void Store(ProductStage<T, S> a, int batch, int m, int n, T sum) => a.Z[(((batch * a.M) + m) * a.N) + n] = S.Add(sum, sum);
}
