namespace MageDsl.Devices.Gpu;

/// <summary>What launches have to know of a device.</summary>
/// <param name="GroupSize">The most threads of a group.</param>
/// <param name="GroupsEach">Groups that keep a multiprocessor busy.</param>
/// <param name="Description">What it is, for people.</param>
internal sealed record GpuTraits(int GroupSize, int GroupsEach, string Description);
