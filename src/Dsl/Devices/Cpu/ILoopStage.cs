namespace MageDsl.Devices.Cpu;

/// <summary>A generated loop stage (pointwise or row): rows are the flattened outer axes, the inner axes are its own business.</summary>
public unsafe interface ILoopStage<T>
    where T : unmanaged
{
    /// <summary>
    /// Computes rows [row, rowEnd), and of each the part [inner, innerEnd) of its first inner axis (all of it unless the stage may be
    /// split there). <paramref name="partials"/> is this chunk's own block of accumulators for reductions over rows, <paramref name="totals"/>
    /// that of its sums in double precision, of the same layout; null if the accumulators take few terms each.
    /// </summary>
    void Run<S, V>(nint row, nint rowEnd, nint inner, nint innerEnd, T* partials, double* totals)
        where S : struct, ISimd<T, V> where V : unmanaged;
}
