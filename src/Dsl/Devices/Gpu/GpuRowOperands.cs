namespace MageDsl.Devices.Gpu;

/// <summary>An operand of a product in a row block: rows of the left, columns of the right.</summary>
internal interface IGpuRowOperand<TStage, T>
    where TStage : struct
    where T : unmanaged
{
    /// <summary>Whether four neighbours can be read at once, where sizes are such.</summary>
    static abstract bool Fours { get; }

    /// <summary>Whether it is read as it is from what lies in 16 bits, if by fours.</summary>
    static abstract bool IsShort { get; }

    /// <summary>Whether it lies densely along what is summed.</summary>
    static abstract bool IsAlongK(GpuRowExtent e);

    /// <summary>How many rows or columns there are.</summary>
    static abstract int Count(GpuRowExtent e);

    /// <summary>Four neighbours of one that is short, as words of two.</summary>
    static abstract Pair<uint> Words(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int own, int k);

    /// <summary>Neighbours.</summary>
    static abstract V Elements<V, M, L>(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int own, int k)
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>;
}

/// <summary>The left one.</summary>
internal readonly struct GpuRowLeft<TStage, T> : IGpuRowOperand<TStage, T>
    where TStage : struct, IGpuRowOperands<TStage, T>
    where T : unmanaged
{
    public static bool Fours => TStage.LeftFours;

    public static bool IsShort => TStage.LeftShort;

    public static bool IsAlongK(GpuRowExtent e) => e.LeftAlongK != 0;

    public static int Count(GpuRowExtent e) => e.Rows;

    public static Pair<uint> Words(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int own, int k)
        => TStage.LeftWords(stage, at, at.Item, e.FirstRow + own, e.FirstTerm + k);

    public static V Elements<V, M, L>(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int own, int k)
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>
        => TStage.Left<V, M, L>(stage, at, at.Item, e.FirstRow + own, e.FirstTerm + k);
}

/// <summary>The right one.</summary>
internal readonly struct GpuRowRight<TStage, T> : IGpuRowOperand<TStage, T>
    where TStage : struct, IGpuRowOperands<TStage, T>
    where T : unmanaged
{
    public static bool Fours => TStage.RightFours;

    public static bool IsShort => TStage.RightShort;

    public static bool IsAlongK(GpuRowExtent e) => e.RightAlongK != 0;

    public static int Count(GpuRowExtent e) => e.Columns;

    public static Pair<uint> Words(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int own, int k)
        => TStage.RightWords(stage, at, at.Item, e.FirstTerm + k, own);

    public static V Elements<V, M, L>(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int own, int k)
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>
        => TStage.Right<V, M, L>(stage, at, at.Item, e.FirstTerm + k, own);
}

/// <summary>The left one of the second of two products.</summary>
internal readonly struct GpuRowOtherLeft<TStage, T> : IGpuRowOperand<TStage, T>
    where TStage : struct, IGpuRowPair<TStage, T>
    where T : unmanaged
{
    public static bool Fours => TStage.OtherLeftFours;

    public static bool IsShort => TStage.OtherLeftShort;

    public static bool IsAlongK(GpuRowExtent e) => e.LeftAlongK != 0;

    public static int Count(GpuRowExtent e) => e.Rows;

    public static Pair<uint> Words(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int own, int k)
        => TStage.OtherLeftWords(stage, at, at.Item, e.FirstRow + own, e.FirstTerm + k);

    public static V Elements<V, M, L>(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int own, int k)
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>
        => TStage.OtherLeft<V, M, L>(stage, at, at.Item, e.FirstRow + own, e.FirstTerm + k);
}

/// <summary>The right one of the second.</summary>
internal readonly struct GpuRowOtherRight<TStage, T> : IGpuRowOperand<TStage, T>
    where TStage : struct, IGpuRowPair<TStage, T>
    where T : unmanaged
{
    public static bool Fours => TStage.OtherRightFours;

    public static bool IsShort => TStage.OtherRightShort;

    public static bool IsAlongK(GpuRowExtent e) => e.RightAlongK != 0;

    public static int Count(GpuRowExtent e) => e.Columns;

    public static Pair<uint> Words(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int own, int k)
        => TStage.OtherRightWords(stage, at, at.Item, e.FirstTerm + k, own);

    public static V Elements<V, M, L>(TStage stage, GpuBlockRows<T> at, GpuRowExtent e, int own, int k)
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>
        => TStage.OtherRight<V, M, L>(stage, at, at.Item, e.FirstTerm + k, own);
}
