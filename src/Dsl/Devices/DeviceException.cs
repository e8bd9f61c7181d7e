namespace MageDsl.Devices;

/// <summary>A device that there is not, or that cannot be used: one line that says why, and what there is.</summary>
public sealed class DeviceException : Exception
{
    /// <summary>An error with its one line.</summary>
    public DeviceException(string message)
        : base(message)
    {
    }

    /// <summary>An error with its one line and what caused it.</summary>
    public DeviceException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
