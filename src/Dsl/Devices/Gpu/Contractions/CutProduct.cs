using ILGPU;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// A product cut along its sum, for results that are too few to keep a device busy: one with more items, of which each has a share of the terms and
/// leaves what they come to. As a stage it adds these parts up.
/// </summary>
internal struct CutProduct<TStage, T, S> : IGpuContraction<CutProduct<TStage, T, S>, T>, IGpuStage<CutProduct<TStage, T, S>>
    where TStage : struct, IGpuContraction<TStage, T>
    where T : unmanaged
    where S : struct, IScalar<T>
{
    /// <summary>What is cut.</summary>
    public GpuProduct<TStage, T> Whole;

    /// <summary>How many shares there are, and the terms of each.</summary>
    public int Shares, Terms;

    /// <summary>[share, batch, m, n].</summary>
    public ArrayView<T> Parts;

    /// <summary>The product whose items are shares.</summary>
    public readonly GpuProduct<CutProduct<TStage, T, S>, T> Product => new()
    {
        Stage = this, Sizes = Whole.Sizes with { Batch = Shares * Whole.Sizes.Batch, Terms = Terms },
        LeftAlongK = Whole.LeftAlongK, RightAlongK = Whole.RightAlongK,
    };

    public static T Left(CutProduct<TStage, T, S> cut, int batch, int m, int k)
        => Operand<LeftOperand<TStage, T>, TStage, T, S>.At(cut.Whole, batch % cut.Whole.Sizes.Batch, m, Term(cut, batch, k));

    public static T Right(CutProduct<TStage, T, S> cut, int batch, int k, int n)
        => Operand<RightOperand<TStage, T>, TStage, T, S>.At(cut.Whole, batch % cut.Whole.Sizes.Batch, n, Term(cut, batch, k));

    public static void Store(CutProduct<TStage, T, S> cut, int batch, int m, int n, T sum)
        => cut.Parts[(((batch * cut.Whole.Sizes.Rows) + m) * cut.Whole.Sizes.Columns) + n] = sum;

    public static void Run(CutProduct<TStage, T, S> cut)
    {
        var sizes = cut.Whole.Sizes;
        int at = GpuThread.Index, results = sizes.Batch * sizes.Rows * sizes.Columns;
        if (at >= results) return;
        T sum = S.Create(0d);
        for (int share = 0; share < cut.Shares; share++) sum = S.Add(sum, cut.Parts[(share * results) + at]);
        int row = at / sizes.Columns;
        TStage.Store(cut.Whole.Stage, row / sizes.Rows, row % sizes.Rows, at % sizes.Columns, sum);
    }

    private static int Term(CutProduct<TStage, T, S> cut, int batch, int k) => (batch / cut.Whole.Sizes.Batch * cut.Terms) + k;
}
