using System.ComponentModel;

namespace MageDsl.Devices.Gpu;

/// <summary>Four numbers side by side, which a device reads and writes at once.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Four<T>(T x, T y, T z, T w)
    where T : unmanaged
{
    /// <summary>The first.</summary>
    public readonly T X = x;

    /// <summary>The second.</summary>
    public readonly T Y = y;

    /// <summary>The third.</summary>
    public readonly T Z = z;

    /// <summary>The fourth.</summary>
    public readonly T W = w;
}
