namespace MageDsl.Devices;

/// <summary>A block of a device's memory, or a part of one.</summary>
/// <param name="Address">Where it begins, as the device counts; a pointer if the host can address it.</param>
/// <param name="Bytes">How long it is.</param>
public readonly record struct DeviceMemory(nint Address, nuint Bytes)
{
    /// <summary>A part of it.</summary>
    /// <param name="start">Bytes before the part.</param>
    /// <param name="bytes">Bytes of the part.</param>
    /// <exception cref="ArgumentOutOfRangeException">It goes beyond the end.</exception>
    public DeviceMemory Slice(nuint start, nuint bytes)
        => start <= Bytes && bytes <= Bytes - start
            ? new DeviceMemory(Address + (nint)start, bytes)
            : throw new ArgumentOutOfRangeException(nameof(start), $"{bytes} bytes after {start} are not within a block of {Bytes}");
}
