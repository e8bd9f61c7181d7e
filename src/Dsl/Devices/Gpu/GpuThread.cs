using System.ComponentModel;
using ILGPU;

namespace MageDsl.Devices.Gpu;

/// <summary>Which thread of a launch this is.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class GpuThread
{
    /// <summary>The most threads of a group.</summary>
    public const int Most = 256;

    /// <summary>Its number among all of a launch in one dimension.</summary>
    public static int Index => (Grid.IdxX * Group.DimX) + Group.IdxX;
}

/// <summary>Ids that device code looks up.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class GpuGather
{
    /// <summary>An id of an axis; one outside of it is noted, and stands for the first.</summary>
    /// <param name="id">What was read.</param>
    /// <param name="size">How many there are.</param>
    /// <param name="faults">Where to note it.</param>
    /// <param name="fault">As what: the kernel's number.</param>
    public static int Checked(int id, int size, ArrayView<int> faults, int fault)
    {
        if ((uint)id < (uint)size) return id;
        faults[0] = fault;
        return 0;
    }
}
