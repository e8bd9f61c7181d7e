using ILGPU;
using MageDsl.Devices.Gpu;

namespace MageDsl.Tests.Devices.Gpu;

/// <summary>A product of matrices as they are, either with its rows or with its columns side by side, and doubled at the end.</summary>
public struct ProductStage<T, S> : IGpuContraction<ProductStage<T, S>, T>
    where T : unmanaged
    where S : struct, IScalar<T>
{
    public ArrayView<T> X, Y, Z;
    public int M, N;

    /// <summary>How far it is to an operand's next item, to its next row or column, and to the next term.</summary>
    public int LeftItem, LeftOwn, LeftTerm, RightItem, RightOwn, RightTerm;

    public static GpuProductForm Form => new(new(true, true, false, true), new(false, true, false, true), true);

    public static V Left<V, C, L>(ProductStage<T, S> a, int batch, int m, int k)
        where V : unmanaged
        where C : unmanaged
        where L : struct, ILanes<T, V, C>
        => L.Load(a.X, (batch * a.LeftItem) + (m * a.LeftOwn) + (k * a.LeftTerm));

    public static V Right<V, C, L>(ProductStage<T, S> a, int batch, int k, int n)
        where V : unmanaged
        where C : unmanaged
        where L : struct, ILanes<T, V, C>
        => L.Load(a.Y, (batch * a.RightItem) + (n * a.RightOwn) + (k * a.RightTerm));

    public static void Store<V, C, L>(ProductStage<T, S> a, int batch, int m, int n, V sum)
        where V : unmanaged
        where C : unmanaged
        where L : struct, ILanes<T, V, C>
        => L.Store(a.Z, (((batch * a.M) + m) * a.N) + n, L.Add(sum, sum));
}
