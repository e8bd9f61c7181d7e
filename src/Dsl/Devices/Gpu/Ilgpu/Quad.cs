using System.ComponentModel;

namespace MageDsl.Devices.Gpu;

/// <summary>Four neighbours, which a thread reads and writes at once: 16 bytes of floats.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public struct Quad<T>(T x, T y, T z, T w)
    where T : unmanaged
{
    /// <summary>Each of them, in order.</summary>
    public T X = x, Y = y, Z = z, W = w;
}

/// <summary>Two of them: 8 bytes of words.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public struct Pair<T>(T x, T y)
    where T : unmanaged
{
    /// <summary>Each of them, in order.</summary>
    public T X = x, Y = y;
}
