using System.ComponentModel;
using ILGPU;

namespace MageDsl.Devices.Gpu;

/// <summary>Loops as parts of a row block, over one row at least. Each begins when what came before is done.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class GpuRowLoop
{
    /// <summary>Goes through the rows, as many at once as a group has along y.</summary>
    public static void Run<TStage, T, V, M, L, R>(TStage stage, GpuBlockRows<T> at)
        where TStage : struct, IGpuRowLoop<TStage, T>
        where T : unmanaged
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<T, V, M>
        where R : struct, IGpuTeam<T>
    {
        Group.Barrier();
        int first = 0;
        do
        {
            int row = first + Group.IdxY;
            bool isRow = row < at.Count;
            if (!isRow) row = at.Count - 1;
            TStage.Row<V, M, L, R>(stage, at, at.Row + row, isRow);
            first += Group.DimY;
        }
        while (first < at.Count);
    }

    /// <summary>Goes through the rows, one after the other.</summary>
    public static void Columns<TStage, T>(TStage stage, GpuBlockRows<T> at)
        where TStage : struct, IGpuRowColumns<TStage, T>
        where T : unmanaged
    {
        Group.Barrier();
        int row = 0;
        do
        {
            TStage.Columns(stage, at, at.Row + row);
            row++;
        }
        while (row < at.Count);
    }
}
