using System.ComponentModel;
using ILGPU;

namespace MageDsl.Devices.Gpu;

/// <summary>Loops as parts of a row block. Each begins when what came before is done.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class GpuRowLoop
{
    /// <summary>Goes through the rows, as many at once as a group has along y.</summary>
    public static void Run<TStage, T>(TStage stage, GpuRows<T> at)
        where TStage : struct, IGpuRowLoop<TStage, T>
        where T : unmanaged
    {
        Group.Barrier();
        for (int first = 0; first < at.Count; first += Group.DimY)
        {
            int row = first + Group.IdxY;
            bool isRow = row < at.Count;
            if (!isRow) row = at.Count - 1;
            TStage.Row(stage, at, at.Row + row, isRow);
        }
    }

    /// <summary>Goes through the rows, one after the other.</summary>
    public static void Columns<TStage, T>(TStage stage, GpuRows<T> at)
        where TStage : struct, IGpuRowColumns<TStage, T>
        where T : unmanaged
    {
        Group.Barrier();
        for (int row = 0; row < at.Count; row++) TStage.Columns(stage, at, at.Row + row);
    }
}
