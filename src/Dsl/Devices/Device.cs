using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace MageDsl.Devices;

/// <summary>
/// Where tensors lie and kernels run. A device does what it is asked in the order in which it is asked, but need not have done it when the
/// call returns: only <see cref="Read"/> and <see cref="Synchronize"/> wait. So memory may be freed, and given out again, while
/// work on it is still to come.
/// </summary>
public abstract unsafe class Device
{
    /// <summary>The environment variable that names the default device.</summary>
    public const string Variable = "MAGEDSL_DEVICE";

    /// <summary>The environment variable that names the precision of the default device, as <see cref="Precisions.Names"/> has it.</summary>
    public const string PrecisionVariable = "MAGEDSL_PRECISION";

    private const string Usual = "cpu";
    private const string GpuSwitch = "MageDsl.HasGpu";
    private const string Fastest = "auto";

    // Chosen at the first use rather than in a static initializer, so that a bad setting is reported as itself.
    private static Device? chosen;

    /// <summary>A device.</summary>
    /// <param name="name">What it is opened by.</param>
    /// <param name="isHost">Whether the host can address its memory.</param>
    /// <param name="pool">Where its memory comes from.</param>
    protected Device(string name, bool isHost, MemoryPool pool)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(pool);
        (Name, IsHost, Pool) = (name, isHost, pool);
    }

    /// <summary>What can be looked for: the names that <see cref="Open"/> knows, in the order in which they were registered.</summary>
    public static IReadOnlyList<DeviceKind> Kinds { get; private set; } = [];

    /// <summary>
    /// Where tensors lie that are made outside a <see cref="TensorScope"/> with a device of its own: the one that MAGEDSL_DEVICE names, otherwise
    /// the CPU. Setting it moves nothing that is there already.
    /// </summary>
    /// <exception cref="DeviceException">MAGEDSL_DEVICE names a device that there is not.</exception>
    public static Device Default
    {
        get => chosen ??= Choose(Environment.GetEnvironmentVariable(Variable), Environment.GetEnvironmentVariable(PrecisionVariable));
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            chosen = value;
        }
    }

    /// <summary>
    /// Whether there is code for devices that ILGPU drives. False in a program that is published as native code, and in a trimmed one that compiles
    /// kernels for the processor alone (<c>MageDsl.targets</c>): ILGPU reads the bodies of methods while a program runs, so there it is left out.
    /// </summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [FeatureSwitchDefinition(GpuSwitch)]
    public static bool HasGpu { get; } = !AppContext.TryGetSwitch(GpuSwitch, out var hasGpu) || hasGpu;

    /// <summary>What it is opened by, as <c>cpu</c>.</summary>
    public string Name { get; }

    /// <summary>Whether the host can address its memory. Only then are there spans and pointers of its tensors.</summary>
    public bool IsHost { get; }

    /// <summary>Where its memory comes from.</summary>
    public MemoryPool Pool { get; }

    /// <summary>In what it computes products of float32 from now on; at first <see cref="Precision.Float32"/>.</summary>
    /// <exception cref="DeviceException">It cannot compute in this; the line says why.</exception>
    public Precision Precision
    {
        get;
        set => field = value == Precision.Float32 || Lacks(value) is not { } reason ? value : throw new DeviceException(
            $"{Name} cannot compute in {value.Name()}: {reason}");
    }

    /// <summary>What was found, for people: how much of it there is, and how wide.</summary>
    public abstract string Description { get; }

    /// <summary>Makes a kind of device known. The assembly that brings it calls this when it is initialised, as this one does for the CPU.</summary>
    /// <exception cref="ArgumentException">One of its name is known already.</exception>
    public static void Register(DeviceKind kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        Kinds = Find(kind.Name) is null ? [.. Kinds, kind] : throw new ArgumentException($"a device is called '{kind.Name}' already", nameof(kind));
    }

    /// <summary>Opens a device by its name; a second call gives the same one.</summary>
    /// <param name="name">
    /// As <c>cpu</c>, or <c>cuda:1</c> for the second of its kind; <c>auto</c> is the first that is faster than the processor, or else that.
    /// Upper and lower case are one.
    /// </param>
    /// <exception cref="DeviceException">No device is called so, or the machine has none; the line says what there is.</exception>
    public static Device Open(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Named(name) ?? throw new DeviceException($"no device is called '{name}'; {Known}");
    }

    /// <summary>Takes memory; its content is whatever was there.</summary>
    /// <exception cref="OutOfMemoryException">The device has no more.</exception>
    public DeviceMemory Allocate(nuint bytes) => new(Pool.Rent(bytes), bytes);

    /// <summary>Gives back what <see cref="Allocate"/> gave.</summary>
    /// <exception cref="ArgumentException">It is no such block, or was given back before.</exception>
    public void Free(DeviceMemory memory) => Pool.Return(memory.Address, memory.Bytes);

    /// <summary>
    /// Does the same to things none of which needs what comes of another, as the parameters of an optimizer. The kernels that are launched may be
    /// done in another order, and several at once, so that many small ones do not take as long as large ones.
    /// </summary>
    /// <param name="things">The things.</param>
    /// <param name="launch">
    /// Launches kernels for one of them; where a tensor is read or copied, those before are done first. What they use has to live on.
    /// </param>
    public virtual void Together<T>(IEnumerable<T> things, Action<T> launch)
    {
        ArgumentNullException.ThrowIfNull(things);
        ArgumentNullException.ThrowIfNull(launch);
        foreach (var thing in things) launch(thing);
    }

    /// <summary>Copies within the device, between blocks of one length that do not overlap.</summary>
    public abstract void Copy(DeviceMemory source, DeviceMemory destination);

    /// <summary>Copies to the host, as many bytes as the source has, once all that was asked for before is done.</summary>
    /// <param name="source">Memory of the device.</param>
    /// <param name="destination">Memory of the host.</param>
    public abstract void Read(DeviceMemory source, void* destination);

    /// <summary>Copies from the host, as many bytes as the destination has. The source is free for other use when it returns.</summary>
    /// <param name="source">Memory of the host.</param>
    /// <param name="destination">Memory of the device.</param>
    public abstract void Write(void* source, DeviceMemory destination);

    /// <summary>Sets every element to a value, rounded to the type.</summary>
    /// <exception cref="OverflowException">The elements are ids, and the value is none.</exception>
    public abstract void Fill(DeviceMemory memory, ElementType type, double value);

    /// <summary>Copies elements into as many of another type; reals become ids by truncation.</summary>
    public abstract void Convert(DeviceMemory source, ElementType from, DeviceMemory destination, ElementType to);

    /// <summary>Waits until all that was asked for is done; what went wrong on the way is thrown here.</summary>
    public abstract void Synchronize();

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    /// <summary>Why it cannot compute in a precision below float32; null if it can.</summary>
    protected virtual string? Lacks(Precision precision) => "it has no tensor cores, and float32 is as fast there";

    /// <summary>The device that a value of MAGEDSL_DEVICE asks for, with the precision of MAGEDSL_PRECISION.</summary>
    internal static Device Choose(string? name, string? precision = null)
    {
        var device = string.IsNullOrWhiteSpace(name) ? Open(Usual)
            : Named(name) ?? throw new DeviceException($"{Variable} is '{name}', but no device is called so; {Known}");
        if (!string.IsNullOrWhiteSpace(precision)) device.Precision = Precisions.Parse(precision);
        return device;
    }

    private static string Known => $"there is {string.Join(", ", Kinds.Select(kind => kind.Name))} and {Fastest}";

    /// <summary>The device of a name; null if no kind is called so.</summary>
    private static Device? Named(string name)
    {
        var parts = name.Trim().Split(':');
        if (parts is [var only] && only.Equals(Fastest, StringComparison.OrdinalIgnoreCase)) return Automatic();
        var index = 0;
        return parts.Length <= 2 && (parts.Length == 1 || int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out index))
            ? Find(parts[0])?.Open(index) : null;
    }

    private static Device Automatic() => Kinds.Select(kind => kind.FindAccelerator()).FirstOrDefault(device => device is not null) ?? Open(Usual);

    private static DeviceKind? Find(string name) => Kinds.FirstOrDefault(kind => kind.Name.Equals(name.Trim(), StringComparison.OrdinalIgnoreCase));
}
