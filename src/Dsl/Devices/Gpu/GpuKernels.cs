using System.Collections.Concurrent;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// The stages of a device, those that are there and those on their way. Each is made once: its text is taken from a file or compiled, and handed to
/// the driver. Several threads do so at once; a launch waits for its own stage only.
/// </summary>
/// <param name="accelerator">The device.</param>
/// <param name="files">Where texts are kept; null for nowhere.</param>
internal sealed class GpuKernels(Accelerator accelerator, FileCache? files)
{
    private static readonly Lock Processor = new();

    private readonly ConcurrentDictionary<Type, GpuBuild> builds = [];
    private readonly ConcurrentBag<TextCompiler> idle = [];
    private readonly string target = TextCompiler.Describe(accelerator);
    private int compiled;

    /// <summary>How many were compiled, and not taken from files.</summary>
    public int Compiled => compiled;

    /// <summary>The stages that are there, or on their way.</summary>
    public ICollection<Type> Known => builds.Keys;

    /// <summary>Begins with a stage in the background, if nobody has begun with it.</summary>
    public void Begin(Type stage)
    {
        // What the processor imitates is made one after the other.
        if (!TextCompiler.Takes(accelerator)) return;
        var build = new GpuBuild(() => Make(stage));
        if (builds.TryAdd(stage, build)) GpuBackground.Add(build.Run);
    }

    /// <summary>The <see cref="GpuKernel.Launcher"/> of a stage. An error is thrown here, and the next who asks tries anew.</summary>
    public Delegate Launcher(Type stage)
    {
        var build = builds.GetOrAdd(stage, stage => new GpuBuild(() => Make(stage)));
        try
        {
            return build.Result();
        }
        catch
        {
            builds.TryRemove(KeyValuePair.Create(stage, build));
            throw;
        }
    }

    private Delegate Make(Type stage)
    {
        var kernel = Load(stage, GpuKernel.Describe(stage));
        return kernel.Launcher!.CreateDelegate(GpuKernel.Launcher(stage), kernel);
    }

    private Kernel Load(Type stage, EntryPointDescription entry)
    {
        AccessRights.Grant(accelerator.Context, stage);
        if (!TextCompiler.Takes(accelerator)) return LoadCode(entry);
        var key = KernelFiles.Key(stage, target);
        if (files?.Read(key) is { } kept) return Load(KernelText.Of(kept), entry);
        var text = Compile(entry);
        var kernel = Load(text, entry);
        // Now that the driver has taken it.
        files?.Write(key, text.ToBytes());
        return kernel;
    }

    private Kernel Load(KernelText text, EntryPointDescription entry)
    {
        var kernel = accelerator.LoadKernel(text.Compiled(accelerator, entry));
        if (text.HasDynamicShared && kernel is CudaKernel cuda) SharedLimit.Raise(cuda, text.SharedBytes);
        return kernel;
    }

    private KernelText Compile(EntryPointDescription entry)
    {
        Interlocked.Increment(ref compiled);
        if (!idle.TryTake(out var compiler)) compiler = TextCompiler.For(accelerator);
        try
        {
            var text = compiler.Compile(entry);
            idle.Add(compiler);
            return text;
        }
        catch
        {
            compiler.Dispose();
            throw;
        }
    }

    /// <summary>For the processor, ILGPU makes code of .NET in an assembly that its devices share.</summary>
    private Kernel LoadCode(EntryPointDescription entry)
    {
        lock (Processor)
        {
            return accelerator.LoadKernel(accelerator.GetBackend().Compile(entry, default));
        }
    }
}
