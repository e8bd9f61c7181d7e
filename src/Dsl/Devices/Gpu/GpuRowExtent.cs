namespace MageDsl.Devices.Gpu;

/// <summary>What of a product in a row block a call is asked for: sizes, and from where to where its sums go.</summary>
internal struct GpuRowExtent
{
    /// <summary>The sizes, and where rows and terms begin.</summary>
    public int Rows, Columns, Terms, FirstRow, FirstTerm;

    /// <summary>1 where an operand lies densely along the terms, and where sums begin and end.</summary>
    public int LeftAlongK, RightAlongK, IsBegin, IsEnd;

    /// <summary>Where sums lie between.</summary>
    public int Begin;

    /// <inheritdoc cref="IGpuRowCore{T}.Rows"/>
    public static GpuRowExtent OfRows<T>(GpuBlockRows<T> at, int n, int k, bool leftAlongK, bool rightAlongK)
        where T : unmanaged => new()
        {
            Rows = at.Count, Columns = n, Terms = k, FirstRow = at.First,
            LeftAlongK = leftAlongK ? 1 : 0, RightAlongK = rightAlongK ? 1 : 0, IsBegin = 1, IsEnd = 1,
        };

    /// <inheritdoc cref="IGpuRowCore{T}.Sums"/>
    public static GpuRowExtent OfSums<T>(GpuBlockRows<T> at, int m, int n, bool leftAlongK, bool rightAlongK, int begin)
        where T : unmanaged => new()
        {
            Rows = m, Columns = n, Terms = at.Count, FirstTerm = at.First,
            LeftAlongK = leftAlongK ? 1 : 0, RightAlongK = rightAlongK ? 1 : 0, IsBegin = at.IsFirst, IsEnd = at.IsLast, Begin = begin,
        };
}

/// <summary>The sums of such a product.</summary>
internal static class GpuRowSums<TStage, T, S>
    where TStage : struct, IGpuRowContraction<TStage, T>
    where T : unmanaged
    where S : struct, IScalar<T>
{
    /// <summary>What sums of a row begin with.</summary>
    public static V Begun<V, M, L>(GpuBlockRows<T> at, GpuRowExtent e, int m, int n)
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>
        => e.IsBegin == 0 && m < e.Rows && n < e.Columns ? L.Load(at.Memory, Place(at, e, m, n)) : L.Create(0d);

    /// <summary>Sums of a row are done, or go on with the next rows.</summary>
    public static void End<V, M, L>(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int m, int n, V sums)
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>
    {
        if (m >= e.Rows || n >= e.Columns) return;
        if (e.IsEnd != 0) TStage.Store<V, M, L>(stage, at, at.Item, e.FirstRow + m, n, sums);
        else L.Store(at.Memory, Place(at, e, m, n), sums);
    }

    private static int Place(GpuBlockRows<T> at, GpuRowExtent e, int m, int n) => at.Sums + e.Begin + (m * e.Columns) + n;
}

/// <summary>The sums of two products at once.</summary>
internal static class GpuRowPairSums<TStage, T>
    where TStage : struct, IGpuRowPair<TStage, T>
    where T : unmanaged
{
    /// <summary>Sums of both in a row are done.</summary>
    public static void End<V, M, L>(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int m, int n, V sums, V others)
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>
    {
        if (m < e.Rows && n < e.Columns) TStage.Store<V, M, L>(stage, at, at.Item, e.FirstRow + m, n, sums, others);
    }
}
