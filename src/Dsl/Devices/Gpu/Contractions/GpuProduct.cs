using ILGPU;

namespace MageDsl.Devices.Gpu;

/// <summary>A product and its sizes, as the groups of a launch share it: each has a tile of the result.</summary>
internal struct GpuProduct<TStage, T>
    where TStage : struct, IGpuContraction<TStage, T>
    where T : unmanaged
{
    /// <summary>The operands.</summary>
    public TStage Stage;

    /// <summary>Its sizes.</summary>
    public ProductSizes Sizes;

    /// <summary>1 where an operand lies densely along k: neighbouring threads then load neighbours of that axis.</summary>
    public int LeftAlongK, RightAlongK;

    /// <summary>How many tiles there are along rows and columns.</summary>
    public int TilesM, TilesN;

    /// <summary>The tile of this group: its batch item, its first row and its first column.</summary>
    public readonly (int Batch, int M, int N) Place(int rows, int columns)
    {
        int rest = Grid.IdxX / TilesN;
        return (rest / TilesM, rest % TilesM * rows, Grid.IdxX % TilesN * columns);
    }

    /// <summary>Finishes a sum, if it is one of the result's.</summary>
    public readonly void Store(int batch, int m, int n, T sum)
    {
        if (m < Sizes.Rows && n < Sizes.Columns) TStage.Store(Stage, batch, m, n, sum);
    }
}
