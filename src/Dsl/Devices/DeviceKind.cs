namespace MageDsl.Devices;

/// <summary>A kind of device that this library can look for.</summary>
/// <param name="Name">What the first of them is opened by; those after it are <c>NAME:1</c> and so on.</param>
/// <param name="Target">What kernels must have been compiled for to run on them, see <see cref="KernelInfo.Targets"/>.</param>
/// <param name="Find">Opens one by its number, from 0, the same one each time; a <see cref="DeviceException"/> says why the machine has none.</param>
public sealed record DeviceKind(string Name, string Target, Func<int, Device> Find)
{
    /// <summary>The first that is hardware of its own beside the processor, which <c>auto</c> prefers; null if there is none.</summary>
    public Func<Device?> FindAccelerator { get; init; } = static () => null;

    /// <summary>Opens one, the same each time.</summary>
    /// <param name="index">Its number among those of its kind.</param>
    /// <exception cref="DeviceException">The machine has none, or not so many.</exception>
    public Device Open(int index = 0) => Find(index);
}
