namespace MageDsl.Devices;

/// <summary>A device that this library can look for.</summary>
/// <param name="Name">What it is opened by.</param>
/// <param name="Open">Opens it, the same one each time; a <see cref="DeviceException"/> says why the machine has none.</param>
public sealed record DeviceKind(string Name, Func<Device> Open);
