namespace MageDsl.Devices.Cpu;

/// <summary>Counts the multiplications and additions of a row block's contractions, for <see cref="LaunchProfile"/>.</summary>
/// <param name="rows">Rows of all batch items.</param>
internal unsafe struct RowBlockOperations<T>(nint rows) : IRowBlockPass<T>
    where T : unmanaged
{
    /// <summary>The count so far.</summary>
    public double Count { get; private set; }

    /// <inheritdoc/>
    public void Rows<TStage>(TStage* stage, nint n, nint k)
        where TStage : unmanaged, IContraction<T> => Count += 2.0 * rows * n * k;

    /// <inheritdoc/>
    public void Sums<TStage>(TStage* stage, nint m, nint n)
        where TStage : unmanaged, IContraction<T> => Count += 2.0 * rows * m * n;

    /// <inheritdoc/>
    public void Loop<TStage>(TStage* stage, nint rows, nint inner)
        where TStage : unmanaged, ILoopStage<T>
    {
    }
}
