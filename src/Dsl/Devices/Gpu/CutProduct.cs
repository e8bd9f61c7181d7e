using ILGPU;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// A product cut along its sum, for results that are too few to keep a device busy: one with more items, of which each has a share of the terms and
/// leaves what they come to. As a stage it adds these parts up.
/// </summary>
internal struct CutProduct<TStage, T, S> : IGpuContraction<CutProduct<TStage, T, S>, T>, IGpuElements<CutProduct<TStage, T, S>, T>
    where TStage : struct, IGpuContraction<TStage, T>
    where T : unmanaged
    where S : struct, IScalar<T>
{
    /// <summary>What is cut, and its sizes.</summary>
    public TStage Stage;
    public ProductSizes Sizes;

    /// <summary>How many shares there are, and the terms of each.</summary>
    public int Shares, Terms;

    /// <summary>1 where an operand lies densely along k.</summary>
    public int LeftAlongK, RightAlongK;

    /// <summary>[share, batch, m, n].</summary>
    public ArrayView<T> Parts;

    /// <summary>The sizes of the product whose items are shares.</summary>
    public readonly ProductSizes ShareSizes => Sizes with { Batch = Shares * Sizes.Batch, Terms = Terms };

    /// <summary>A product in the shares of a plan.</summary>
    public static CutProduct<TStage, T, S> Of(TStage stage, ProductSizes sizes, GpuProductForm form, ProductPlan plan, ArrayView<T> parts) => new()
    {
        Stage = stage, Sizes = sizes, Shares = plan.Shares, Terms = plan.ShareTerms(sizes), LeftAlongK = form.Left.IsAlongK ? 1 : 0,
        RightAlongK = form.Right.IsAlongK ? 1 : 0, Parts = parts,
    };

    public static GpuProductForm Form => TStage.Form with { StoreFours = true };

    public static bool IsByFours => TStage.Form.StoreFours;

    public static V Left<V, M, L>(CutProduct<TStage, T, S> cut, int batch, int m, int k)
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>
    {
        int term = Term(cut, batch, k), last = cut.Sizes.Terms - (cut.LeftAlongK != 0 ? L.Width : 1);
        var values = TStage.Left<V, M, L>(cut.Stage, batch % cut.Sizes.Batch, m, IntrinsicMath.Min(term, last));
        return L.Select(L.Splat(term <= last), values, L.Create(0d));
    }

    public static V Right<V, M, L>(CutProduct<TStage, T, S> cut, int batch, int k, int n)
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>
    {
        int term = Term(cut, batch, k), last = cut.Sizes.Terms - (cut.RightAlongK != 0 ? L.Width : 1);
        var values = TStage.Right<V, M, L>(cut.Stage, batch % cut.Sizes.Batch, IntrinsicMath.Min(term, last), n);
        return L.Select(L.Splat(term <= last), values, L.Create(0d));
    }

    public static void Store<V, M, L>(CutProduct<TStage, T, S> cut, int batch, int m, int n, V sum)
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>
        => L.Store(cut.Parts, (((batch * cut.Sizes.Rows) + m) * cut.Sizes.Columns) + n, sum);

    public static void Run<V, M, L>(CutProduct<TStage, T, S> cut)
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>
    {
        var sizes = cut.Sizes;
        int at = GpuThread.Index * L.Width, results = sizes.Batch * sizes.Rows * sizes.Columns;
        if (at >= results) return;
        // Two at a time, so that one is on its way while another is added.
        V sum = L.Create(0d);
        for (int share = 1; share < cut.Shares; share += 2)
        {
            var (first, second) = (L.Load(cut.Parts, ((share - 1) * results) + at), L.Load(cut.Parts, (share * results) + at));
            sum = L.Add(L.Add(sum, first), second);
        }

        if (cut.Shares % 2 != 0) sum = L.Add(sum, L.Load(cut.Parts, ((cut.Shares - 1) * results) + at));
        int row = at / sizes.Columns;
        TStage.Store<V, M, L>(cut.Stage, row / sizes.Rows, row % sizes.Rows, at % sizes.Columns, sum);
    }

    private static int Term(CutProduct<TStage, T, S> cut, int batch, int k) => (batch / cut.Sizes.Batch * cut.Terms) + k;
}
