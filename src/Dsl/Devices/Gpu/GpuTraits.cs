namespace MageDsl.Devices.Gpu;

/// <summary>What launches have to know of a device.</summary>
/// <param name="GroupSize">The most threads of a group.</param>
/// <param name="BusyGroups">Groups that keep it busy.</param>
/// <param name="Description">What it is, for people.</param>
internal sealed record GpuTraits(int GroupSize, int BusyGroups, string Description)
{
    /// <summary>Whether the threads of a warp, 32 of them, can pass values to each other.</summary>
    public bool HasShuffles { get; init; }

    /// <summary>Why it cannot multiply in less than float32; null if it can.</summary>
    public string? LacksTensorCores { get; init; }

    /// <summary>Whether its tensor cores multiply numbers of float32, too, each as two of TF32: see <see cref="Float32Word"/>.</summary>
    public bool SplitsFloats { get; init; }

    /// <summary>Whether four warps together multiply by <see cref="Ilgpu.WarpGroups"/>.</summary>
    public bool HasWarpGroups { get; init; }

    /// <summary>
    /// Groups that it has at once where each has a multiprocessor for itself, for tiles of 128 x 256; 0 if it has none of these.
    /// </summary>
    public int WideGroups { get; init; }

    /// <summary>Whether its copy engine brings what these multiply: see <see cref="WideTile{TStage, T, S, TProducts, V, M, L}"/>.</summary>
    public bool HasBoxes { get; init; }

    /// <summary>Whether threads may take four elements at once.</summary>
    public bool TakesQuads { get; init; } = true;

    /// <summary>Whether threads have registers for all that they take of a row.</summary>
    public bool KeepsRows { get; init; } = true;

    /// <summary>
    /// Bytes of shared memory that a launch may ask for beside what its stage allocates itself, so that two groups of it are on a processor at once;
    /// 0 where launches cannot ask for any.
    /// </summary>
    public int SharedBytes { get; init; }

    /// <summary>Whether launches can have the arguments of several, for <see cref="GpuTogether{TStage}"/>.</summary>
    public bool LaunchesTogether { get; init; }

    /// <summary>Whether launches are left out, which shows without a card what a program takes of its memory.</summary>
    public bool IsDry { get; init; }

    /// <summary>What MAGEDSL_WGMMA says of <see cref="HasWarpGroups"/> and <see cref="WideGroups"/>, of a device that could have them.</summary>
    /// <param name="usual">What holds where it says nothing.</param>
    /// <exception cref="DeviceException">It says none of these.</exception>
    public static WarpGroupUse WantedWarpGroups(WarpGroupUse usual) => Environment.GetEnvironmentVariable("MAGEDSL_WGMMA")?.Trim() switch
    {
        null or "" => usual,
        "on" => WarpGroupUse.On,
        "off" => WarpGroupUse.Off,
        "narrow" => WarpGroupUse.Narrow,
        "wide" => WarpGroupUse.Wide,
        var other => throw new DeviceException($"MAGEDSL_WGMMA is '{other}'; it must be on, off, narrow or wide, or not set"),
    };

    /// <summary>What MAGEDSL_FLOAT32 says of <see cref="SplitsFloats"/>, of a device that could do it.</summary>
    /// <param name="usual">What holds where it says nothing.</param>
    /// <exception cref="DeviceException">It says neither fma nor tf32x3.</exception>
    public static bool WantedSplits(bool usual) => Environment.GetEnvironmentVariable("MAGEDSL_FLOAT32")?.Trim() switch
    {
        null or "" => usual,
        "fma" => false,
        "tf32x3" => true,
        var other => throw new DeviceException($"MAGEDSL_FLOAT32 is '{other}'; it must be fma or tf32x3, or not set"),
    };

    /// <summary>Whether tensor cores multiply what is in 32 bits in such a precision.</summary>
    public bool MultipliesOnTensorCores(Precision precision) => precision != Precision.Float32 || SplitsFloats;

    /// <summary>The same device with such products.</summary>
    /// <param name="use">What it is to have of them.</param>
    /// <param name="processors">Its multiprocessors.</param>
    public GpuTraits With(WarpGroupUse use, int processors)
        => this with
        {
            HasWarpGroups = use != WarpGroupUse.Off,
            WideGroups = use >= WarpGroupUse.On ? processors : 0,
            HasBoxes = use == WarpGroupUse.Wide,
        };

    /// <summary>A device's name, its processors and what they are called, and its memory.</summary>
    public static string Describe(ILGPU.Runtime.Device device, string processors)
        => $"{device.Name}, {device.NumMultiprocessors} {processors}, {GpuMemory.Text(device.MemorySize)} of memory";
}

/// <summary>What is taken of that which cards of compute capability 9.0 have for products.</summary>
internal enum WarpGroupUse
{
    /// <summary>Nothing.</summary>
    Off,

    /// <summary><see cref="Ilgpu.WarpGroups"/>.</summary>
    Narrow,

    /// <summary>These, and for large products <see cref="Ilgpu.WideWarpGroups"/>.</summary>
    On,

    /// <summary>All that, and <see cref="Ilgpu.Boxes"/>.</summary>
    Wide,
}
