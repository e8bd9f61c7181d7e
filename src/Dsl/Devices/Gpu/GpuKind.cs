using ILGPU;
using ILGPU.Runtime;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>The devices of one kind, looked for once, and each opened once.</summary>
/// <param name="name">The name of the first; the others have a number behind it.</param>
internal abstract class GpuKind(string name)
{
    private readonly Lock gate = new();
    private readonly Dictionary<int, GpuDevice> open = [];
    private Context? context;
    private IReadOnlyList<ILGPU.Runtime.Device> found = [];

    /// <summary>Opens one, the same each time.</summary>
    /// <exception cref="DeviceException">There are not so many, or it refuses; one sentence says which.</exception>
    public GpuDevice Open(int index)
    {
        lock (gate)
        {
            return open.TryGetValue(index, out var device) ? device : open[index] = Create(index);
        }
    }

    /// <summary>The first that is hardware of its own; null if there is none that can be opened.</summary>
    public GpuDevice? FindAccelerator()
    {
        try
        {
            lock (gate)
            {
                return IsAccelerator(Found(0)) ? Open(0) : null;
            }
        }
        catch (DeviceException)
        {
            return null;
        }
    }

    /// <summary>Looks for them.</summary>
    /// <exception cref="DeviceException">What finds them is missing; one sentence says what, and what would help.</exception>
    protected abstract void AddTo(Context.Builder builder);

    /// <summary>Those of this kind in a context, the best first.</summary>
    protected abstract IEnumerable<ILGPU.Runtime.Device> Choose(IEnumerable<ILGPU.Runtime.Device> devices);

    /// <summary>One sentence that says why there is none, and what would help.</summary>
    protected abstract string Explain();

    /// <summary>Whether a device is hardware of its own, and not the processor once more.</summary>
    protected abstract bool IsAccelerator(ILGPU.Runtime.Device device);

    /// <summary>What launches have to know of a device.</summary>
    protected abstract GpuTraits Traits(ILGPU.Runtime.Device device);

    private GpuDevice Create(int index)
    {
        var device = Found(index);
        var called = index == 0 ? name : $"{name}:{index}";
        try
        {
            return new GpuDevice(called, Traits(device), device.CreateAccelerator(context!));
        }
        catch (Exception error) when (error is AcceleratorException or NotSupportedException or OutOfMemoryException or TypeLoadException)
        {
            throw new DeviceException($"{called}, which is {device.Name}, cannot be opened: {error.Message}", error);
        }
    }

    private ILGPU.Runtime.Device Found(int index)
    {
        if (context is null)
        {
            context = DeviceContexts.Create(AddTo);
            found = [.. Choose(context.Devices)];
        }
        return index < found.Count ? found[index] : throw new DeviceException(found.Count == 0 ? Explain() : Missing(index));
    }

    private string Missing(int index)
    {
        var there = found.Count == 1 ? $"is only '{name}'" : $"are {found.Count}, up to '{name}:{found.Count - 1}'";
        return $"there is no {name}:{index}; of its kind there {there}";
    }
}
