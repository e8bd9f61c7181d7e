namespace MageDsl.Devices.Cpu;

/// <summary>Where a contraction of the block's rows keeps what: packed Right for the whole item, the rest for one block.</summary>
internal readonly unsafe struct RowsLayout<T, S, V, TTile>
    where T : unmanaged
    where S : struct, ISimd<T, V>
    where V : unmanaged
    where TTile : struct, IGemmTile
{
    public RowsLayout(RowBlockPlan plan, nint n, nint k, bool direct)
    {
        Depth = RowBlockPlan.Depth(k, sizeof(T));
        Width = GemmPlan.RoundUp(n, Panel);
        Group = GemmPlan.RoundUp(Math.Min(n, RowBlockPlan.Columns), Panel);
        Right = GemmPlan.RoundUp(Math.Max(1, k) * Width, RowBlockPlan.Line);
        // A vector's length to spare, because the last row of a packed tile is written as a whole vector.
        Left = GemmPlan.RoundUp(((plan.Rows + TTile.Rows) * Math.Max(4, k)) + S.Width, RowBlockPlan.Line);
        IsLong = GemmPlan.IsLong(k, sizeof(T));
        Sums = direct && !IsLong ? 0 : GemmPlan.RoundUp(plan.Rows * Group, RowBlockPlan.Line);
        Totals = IsLong ? GemmPlan.RoundUp(plan.Rows * Group, RowBlockPlan.Line) * sizeof(double) / sizeof(T) : 0;
        var depth = Math.Min(Depth, Math.Max(1, k));
        Run = Math.Max(
            GemmPacking.RunElements<T, S, V>(depth, TTile.Rows, plan.Rows),
            GemmPacking.RunElements<T, S, V>(depth, Panel, GemmPacking.PanelsTogether * Panel));
    }

    public static nint Panel => TTile.Vectors * S.Width;

    public nint Depth { get; }

    /// <summary>Whether sums want totals in double precision.</summary>
    public bool IsLong { get; }

    public nint Totals { get; }

    public nint Width { get; }

    /// <summary>Columns that are computed before their epilogue runs.</summary>
    public nint Group { get; }

    public nint Right { get; }

    public nint Left { get; }

    public nint Sums { get; }

    public nint Run { get; }

    /// <summary>Elements of work memory for one block.</summary>
    public nint Work => Left + Sums + Totals + Run;
}

/// <summary>Where a contraction that sums over the block's rows keeps what: the sums for the whole item, the packed operands for one block.</summary>
internal readonly unsafe struct SumsLayout<T, S, V, TTile>
    where T : unmanaged
    where S : struct, ISimd<T, V>
    where V : unmanaged
    where TTile : struct, IGemmTile
{
    public SumsLayout(RowBlockPlan plan, nint m, nint n, bool direct)
    {
        var panel = TTile.Vectors * S.Width;
        Stride = GemmPlan.RoundUp(n, S.Width);
        IsLong = GemmPlan.IsLong(plan.ItemRows, sizeof(T));
        Sums = IsLong ? GemmPlan.RoundUp(m * Stride, RowBlockPlan.Line) * sizeof(double) / sizeof(T)
            : direct ? 0
            : GemmPlan.RoundUp(m * Stride, RowBlockPlan.Line);
        Right = GemmPlan.RoundUp(plan.Rows * GemmPlan.RoundUp(n, panel), RowBlockPlan.Line);
        Height = Math.Min(m, RowBlockPlan.SumRows);
        Block = IsLong ? GemmPlan.RoundUp(Height * Stride, RowBlockPlan.Line) : 0;
        Left = GemmPlan.RoundUp(((Height + TTile.Rows) * Math.Max(4, plan.Rows)) + S.Width, RowBlockPlan.Line);
        Run = Math.Max(
            GemmPacking.RunElements<T, S, V>(plan.Rows, TTile.Rows, Math.Max(1, Height)),
            GemmPacking.RunElements<T, S, V>(plan.Rows, panel, n));
        TileRows = Height == 0 ? 1 : GemmPlan.DivideUp(Height, GemmPlan.DivideUp(Height, TTile.Rows));
    }

    public nint Stride { get; }

    /// <summary>Whether sums want totals in double precision, which then lie in their place.</summary>
    public bool IsLong { get; }

    public nint Sums { get; }

    /// <summary>Elements for the sums of one block of rows, if there are totals.</summary>
    public nint Block { get; }

    public nint Right { get; }

    public nint Left { get; }

    public nint Run { get; }

    /// <summary>Rows of C that are packed at a time.</summary>
    public nint Height { get; }

    public nint TileRows { get; }

    public nint Work => Left + Right + Block + Run;
}
