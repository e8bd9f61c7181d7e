using System.Runtime.CompilerServices;

namespace MageDsl.Devices.Cpu;

/// <summary>Adds up the memory that the parts need: shared for as long as a task is at its item, work memory for one part at a time.</summary>
internal unsafe struct LayoutPass<T, S, V, TTile>(RowBlockPlan plan) : IRowBlockPass<T>
    where T : unmanaged
    where S : struct, ISimd<T, V>
    where V : unmanaged
    where TTile : struct, IGemmTile
{
    public nint Shared { get; private set; }

    public nint Work { get; private set; }

    public void Rows<TStage>(TStage* stage, nint n, nint k)
        where TStage : unmanaged, IContraction<T>
    {
        var layout = new RowsLayout<T, S, V, TTile>(plan, n, k, TStage.Direct);
        Shared += layout.Right;
        Work = Math.Max(Work, layout.Work);
    }

    public void Sums<TStage>(TStage* stage, nint m, nint n)
        where TStage : unmanaged, IContraction<T>
    {
        var layout = new SumsLayout<T, S, V, TTile>(plan, m, n, TStage.Direct);
        Shared += layout.Sums;
        Work = Math.Max(Work, layout.Work);
    }

    public readonly void Loop<TStage>(TStage* stage, nint rows, nint inner)
        where TStage : unmanaged, ILoopStage<T>
    {
    }
}

/// <summary>Packs what all rows of an item share: Right of the contractions of its rows.</summary>
internal unsafe struct PackPass<T, S, V, TTile>(RowBlockPlan plan, nint item, T* shared, T* work) : IRowBlockPass<T>
    where T : unmanaged
    where S : struct, ISimd<T, V>
    where V : unmanaged
    where TTile : struct, IGemmTile
{
    private T* next = shared;

    public void Rows<TStage>(TStage* stage, nint n, nint k)
        where TStage : unmanaged, IContraction<T>
    {
        var layout = new RowsLayout<T, S, V, TTile>(plan, n, k, TStage.Direct);
        var step = GemmPacking.PanelsTogether * RowsLayout<T, S, V, TTile>.Panel;
        for (nint k0 = 0; k0 < k; k0 += layout.Depth)
        {
            var depth = Math.Min(layout.Depth, k - k0);
            for (nint column = 0; column < n; column += step)
            {
                var target = next + (k0 * layout.Width) + (column * depth);
                GemmPacking.Right<TStage, T, S, V, TTile>(stage, item, k0, depth, column, Math.Min(step, n - column), target, work);
            }
        }
        next += layout.Right;
    }

    public void Sums<TStage>(TStage* stage, nint m, nint n)
        where TStage : unmanaged, IContraction<T>
        => next += new SumsLayout<T, S, V, TTile>(plan, m, n, TStage.Direct).Sums;

    public readonly void Loop<TStage>(TStage* stage, nint rows, nint inner)
        where TStage : unmanaged, ILoopStage<T>
    {
    }
}

/// <summary>Takes one block of rows through all parts.</summary>
internal unsafe struct RowPass<T, S, V, TTile>(RowBlockPlan plan, nint item, nint row, nint count, T* shared, T* work) : IRowBlockPass<T>
    where T : unmanaged
    where S : struct, ISimd<T, V>
    where V : unmanaged
    where TTile : struct, IGemmTile
{
    private T* next = shared;

    public void Rows<TStage>(TStage* stage, nint n, nint k)
        where TStage : unmanaged, IContraction<T>
    {
        var layout = new RowsLayout<T, S, V, TTile>(plan, n, k, TStage.Direct);
        var right = next;
        next += layout.Right;
        var left = work;
        var sums = left + layout.Left;
        var totals = (double*)(sums + layout.Sums);
        var run = sums + layout.Sums + layout.Totals;
        var tiles = GemmPacking.PackedRows<TTile>(plan.TileRows) * GemmPlan.DivideUp(count, plan.TileRows);
        for (nint k0 = 0; k0 < k; k0 += layout.Depth)
        {
            GemmPacking.Left<TStage, T, S, V, TTile>(
                stage, item, k0, Math.Min(layout.Depth, k - k0), row, count, plan.TileRows, left + (k0 * tiles), run);
        }
        for (nint column = 0; column < n; column += layout.Group)
        {
            var columns = Math.Min(layout.Group, n - column);
            if (layout.IsLong)
            {
                new Span<double>(totals, checked((int)(count * columns))).Clear();
                for (nint from = 0; from < k; from += layout.Depth)
                {
                    var steps = Math.Min(layout.Depth, k - from);
                    GemmProduct<T, S, V, TTile>.AddProduct(
                        plan.TileRows, count, columns, steps, left + (from * tiles),
                        right + (from * layout.Width) + (column * steps), sums, layout.Group, totals, columns);
                }
                GemmDriver<TStage, T, S, V, TTile>.StoreTotals(
                    stage, item, new GemmBlock(row, count, column, columns), totals, columns, sums, layout.Group);
                continue;
            }
            var stride = layout.Group;
            var c = sums;
            if (TStage.Direct)
            {
                c = stage->Target(item, out stride);
                c += (row * stride) + column;
            }
            // Once even if k is zero: then the kernels write zeros.
            nint k0 = 0;
            do
            {
                var depth = Math.Min(layout.Depth, k - k0);
                GemmProduct<T, S, V, TTile>.Multiply(
                    plan.TileRows, count, columns, depth, left + (k0 * tiles),
                    right + (k0 * layout.Width) + (column * depth), c, stride, accumulate: k0 > 0, depth);
                k0 += layout.Depth;
            }
            while (k0 < k);
            if (TStage.Direct) continue;
            for (nint r = 0; r < count; r++)
                stage->Store<S, V>(item, row + r, column, columns, c + (r * stride));
        }
    }

    public void Sums<TStage>(TStage* stage, nint m, nint n)
        where TStage : unmanaged, IContraction<T>
    {
        var layout = new SumsLayout<T, S, V, TTile>(plan, m, n, TStage.Direct);
        var stride = layout.Stride;
        var sums = next;
        next += layout.Sums;
        var totals = (double*)sums;
        if (layout.IsLong && row == 0) new Span<double>(totals, checked((int)(m * stride))).Clear();
        if (TStage.Direct) sums = stage->Target(item, out stride);
        var left = work;
        var right = left + layout.Left;
        var product = right + layout.Right;
        var run = product + layout.Block;
        GemmPacking.Right<TStage, T, S, V, TTile>(stage, item, row, count, 0, n, right, run);
        for (nint first = 0; first < m; first += layout.Height)
        {
            var height = Math.Min(layout.Height, m - first);
            GemmPacking.Left<TStage, T, S, V, TTile>(stage, item, row, count, first, height, layout.TileRows, left, run);
            if (layout.IsLong)
            {
                GemmProduct<T, S, V, TTile>.AddProduct(
                    layout.TileRows, height, n, count, left, right, product, layout.Stride, totals + (first * layout.Stride), layout.Stride);
            }
            else
            {
                GemmProduct<T, S, V, TTile>.Multiply(
                    layout.TileRows, height, n, count, left, right, sums + (first * stride), stride, accumulate: row > 0, count);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Loop<TStage>(TStage* stage, nint rows, nint inner)
        where TStage : unmanaged, ILoopStage<T>
    {
        var first = ((item * plan.ItemRows) + row) * rows;
        stage->Run<S, V>(first, first + (count * rows), 0, inner, null, null);
    }
}

/// <summary>After the last block of an item: sums over its rows go through their epilogues.</summary>
internal unsafe struct FinishPass<T, S, V, TTile>(RowBlockPlan plan, nint item, T* shared, bool isEmpty) : IRowBlockPass<T>
    where T : unmanaged
    where S : struct, ISimd<T, V>
    where V : unmanaged
    where TTile : struct, IGemmTile
{
    private T* next = shared;

    public void Rows<TStage>(TStage* stage, nint n, nint k)
        where TStage : unmanaged, IContraction<T>
        => next += new RowsLayout<T, S, V, TTile>(plan, n, k, TStage.Direct).Right;

    public void Sums<TStage>(TStage* stage, nint m, nint n)
        where TStage : unmanaged, IContraction<T>
    {
        var layout = new SumsLayout<T, S, V, TTile>(plan, m, n, TStage.Direct);
        var stride = layout.Stride;
        var sums = next;
        next += layout.Sums;
        if (layout.IsLong)
        {
            const int most = 256;
            var run = stackalloc double[most];
            GemmDriver<TStage, T, S, V, TTile>.StoreTotals(stage, item, new GemmBlock(0, m, 0, n), (double*)sums, stride, (T*)run, most);
            return;
        }
        if (TStage.Direct) sums = stage->Target(item, out stride);
        for (nint r = 0; r < m; r++)
        {
            // Without rows nothing was added up, and the sums are zero.
            if (isEmpty) new Span<T>(sums + (r * stride), checked((int)n)).Clear();
            if (!TStage.Direct) stage->Store<S, V>(item, r, 0, n, sums + (r * stride));
        }
    }

    public readonly void Loop<TStage>(TStage* stage, nint rows, nint inner)
        where TStage : unmanaged, ILoopStage<T>
    {
    }
}
