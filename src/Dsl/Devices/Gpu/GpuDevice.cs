using System.ComponentModel;
using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// A device that ILGPU drives: <c>cuda</c>, <c>opencl</c> or <c>ilgpu</c>, with <c>:1</c> for the second of its kind. What it is asked goes
/// into one stream, and is done in that order.
/// </summary>
public sealed unsafe class GpuDevice : Device
{
    private static int count;

    // Of the thread that asks: what others ask for meanwhile has nothing to do with it.
    [ThreadStatic]
    private static GpuWaiting? waiting;

    private readonly Lock gate = new();
    private readonly AcceleratorStream stream;
    private readonly GpuMemory memory;
    private readonly MemoryBuffer1D<int, Stride1D.Dense> faults;
    private readonly GpuStaging? staging;

    internal GpuDevice(string name, GpuTraits traits, Accelerator accelerator)
        : this(name, traits, accelerator, accelerator.CreateStream())
    {
    }

    private GpuDevice(string name, GpuTraits traits, Accelerator accelerator, AcceleratorStream stream)
        : this(name, traits, accelerator, stream, new GpuMemory(name, accelerator, stream))
    {
    }

    private GpuDevice(string name, GpuTraits traits, Accelerator accelerator, AcceleratorStream stream, GpuMemory memory)
        : base(name, isHost: false, memory.Pool)
    {
        (Accelerator, this.stream, this.memory) = (accelerator, stream, memory);
        Traits = traits;
        Number = Interlocked.Increment(ref count) - 1;
        Kernels = new GpuKernels(accelerator, KernelFiles.Shared);
        if (stream is CudaStream cuda) staging = new GpuStaging(accelerator, stream, () => new CudaMark(cuda));
        BoxMaps = new GpuBoxMaps(this);
        faults = accelerator.Allocate1D<int>(1);
        faults.MemSetToZero(stream);
    }

    /// <inheritdoc/>
    public override string Description => Traits.Description;

    /// <summary>The most threads of a group that stages are launched with: a power of two.</summary>
    public int GroupSize => Traits.GroupSize;

    /// <summary>Groups that keep the device busy.</summary>
    public int BusyGroups => Traits.BusyGroups;

    /// <summary>Whether it keeps in 16 bits what products are to read, because they multiply in bfloat16.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public bool KeepsShort => Precision == Precision.BFloat16;

    /// <summary>What launches have to know of it.</summary>
    internal GpuTraits Traits { get; }

    /// <inheritdoc cref="GpuTraits.HasShuffles"/>
    internal bool HasShuffles => Traits.HasShuffles;

    /// <inheritdoc cref="GpuTraits.TakesQuads"/>
    internal bool TakesQuads => Traits.TakesQuads;

    /// <inheritdoc cref="GpuTraits.KeepsRows"/>
    internal bool KeepsRows => Traits.KeepsRows;

    /// <inheritdoc cref="GpuTraits.SharedBytes"/>
    internal int SharedBytes => Traits.SharedBytes;

    /// <summary>
    /// A place in which a kernel notes that an id is outside of its axis: element 0 is not 0 then, but 1 + <see cref="Fault"/> of the kernel's
    /// name.
    /// </summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ArrayView<int> Faults => faults.View;

    /// <summary>What ILGPU has opened.</summary>
    internal Accelerator Accelerator { get; }

    /// <summary>Its number among those of the process.</summary>
    internal int Number { get; }

    /// <summary>What can be launched.</summary>
    internal GpuKernels Kernels { get; }

    /// <summary>What its copy engine knows of.</summary>
    internal GpuBoxMaps BoxMaps { get; }

    /// <summary>A number for a kernel's name, to put into <see cref="Faults"/>.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static int Fault(string kernel) => GpuFaults.Number(kernel);

    /// <summary>The elements of memory of this device.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ArrayView<T> View<T>(DeviceMemory memory)
        where T : unmanaged
        => this.memory.View<T>(memory);

    /// <summary>Runs a stage in groups of x × y threads, after all that was asked for before. Nothing if there are no groups.</summary>
    /// <param name="stage">The arguments, by which what runs is chosen.</param>
    /// <param name="groups">Groups, along x.</param>
    /// <param name="x">Threads of a group that follow each other.</param>
    /// <param name="y">How many times as many a group has.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void Launch<TStage>(TStage stage, long groups, int x, int y = 1)
        where TStage : struct, IGpuStage<TStage>
        => Launch(stage, groups, x, y, sharedBytes: 0);

    /// <summary>
    /// The same, with so many bytes of shared memory beside what the stage allocates itself, up to all that a group can have; and of a product its
    /// multiplications and additions, for <see cref="LaunchProfile"/>; and so many rows of groups.
    /// </summary>
    internal void Launch<TStage>(TStage stage, long groups, int x, int y, int sharedBytes, double operations = 0, int rows = 1)
        where TStage : struct, IGpuStage<TStage>
    {
        if (groups == 0) return;
        if (Waiting is { } list)
        {
            list.Add(stage, groups, x, y, sharedBytes, operations);
            return;
        }
        var (grid, group) = (new Index3D(checked((int)groups), rows, 1), new Index3D(x, y, 1));
        var config = sharedBytes == 0
            ? new KernelConfig(grid, group) : new KernelConfig(grid, group, SharedMemoryConfig.RequestDynamic<byte>(sharedBytes));
        var launch = Traits.IsDry ? null : GpuKernel<TStage>.On(this);
        var isProfiled = LaunchProfile.IsOpen;
        if (isProfiled) stream.Synchronize();
        using var profiled = LaunchProfile.Begin<TStage>(operations);
        if (launch is null) return;

        // One at a time: what an OpenCL kernel is launched with is set before, argument by argument.
        lock (gate)
        {
            launch(stream, config, stage);
        }
        if (isProfiled) stream.Synchronize();
    }

    /// <summary>How many groups of a stage it has at once, if it can tell; else those that keep it busy.</summary>
    /// <param name="threads">The threads of each.</param>
    internal int GroupsAtOnce<TStage>(int threads)
        where TStage : struct, IGpuStage<TStage>
    {
        if (Traits.IsDry || Accelerator is not CudaAccelerator cuda) return BusyGroups;
        cuda.Bind();
        return cuda.NumMultiprocessors * cuda.EstimateMaxActiveGroupsPerMultiprocessor((Kernel)GpuKernel<TStage>.On(this).Target!, threads);
    }

    /// <summary>Gives memory back that what was asked for uses, and nothing after.</summary>
    internal void FreeUsed(DeviceMemory memory)
    {
        if (Waiting is { } list) list.Free(memory);
        else Free(memory);
    }

    /// <inheritdoc/>
    public override void Together<T>(IEnumerable<T> things, Action<T> launch)
    {
        ArgumentNullException.ThrowIfNull(things);
        ArgumentNullException.ThrowIfNull(launch);
        if (!Traits.LaunchesTogether || waiting is not null)
        {
            base.Together(things, launch);
            return;
        }
        var list = waiting = new GpuWaiting(this);
        try
        {
            foreach (var thing in things)
            {
                list.Next();
                launch(thing);
            }
        }
        finally
        {
            LaunchWaiting();
            waiting = null;
        }
    }

    /// <summary>Launches what waits, so that something else can come after it.</summary>
    private void LaunchWaiting()
    {
        if (Waiting is not { } list) return;
        waiting = null;
        list.Launch();
        waiting = list;
    }

    /// <summary>Where launches wait for others; null if they do not.</summary>
    private GpuWaiting? Waiting => waiting is { } list && list.Device == this ? list : null;

    /// <inheritdoc/>
    protected override string? Lacks(Precision precision) => Traits.LacksTensorCores;

    /// <inheritdoc/>
    public override void Copy(DeviceMemory source, DeviceMemory destination)
    {
        LaunchWaiting();
        if (source.Bytes > 0) View<byte>(source).CopyTo(stream, View<byte>(destination));
    }

    /// <inheritdoc/>
    public override void Read(DeviceMemory source, void* destination)
    {
        LaunchWaiting();
        if (staging is not null) staging.Read(View<byte>(source), destination);
        else if (source.Bytes > 0) View<byte>(source).CopyToCPU(stream, ref Unsafe.AsRef<byte>(destination), (long)source.Bytes);
        Synchronize();
    }

    /// <inheritdoc/>
    public override void Write(void* source, DeviceMemory destination)
    {
        LaunchWaiting();
        if (staging is not null) staging.Write(source, View<byte>(destination));
        else if (destination.Bytes > 0) View<byte>(destination).CopyFromCPU(stream, ref Unsafe.AsRef<byte>(source), (long)destination.Bytes);
    }

    /// <inheritdoc/>
    public override void Fill(DeviceMemory memory, ElementType type, double value) => GpuElements.Fill(this, memory, type, value);

    /// <inheritdoc/>
    public override void Convert(DeviceMemory source, ElementType from, DeviceMemory destination, ElementType to)
        => GpuElements.Convert(this, source, from, destination, to);

    /// <inheritdoc/>
    public override void Synchronize()
    {
        LaunchWaiting();
        var fault = 0;
        faults.View.CopyToCPU(stream, ref fault, 1);
        if (fault == 0) return;
        faults.MemSetToZero(stream);
        throw new IndexOutOfRangeException($"{GpuFaults.Name(fault - 1)}: a tensor of ids holds one that is outside the table");
    }
}
