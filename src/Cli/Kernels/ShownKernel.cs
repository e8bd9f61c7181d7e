using MageDsl;
using MageDsl.Devices.Cpu;
using MageDsl.Generators.Backends.Cpu;
using MageDsl.Generators.Backends.Gpu;
using MageDsl.Generators.Emit;
using MageDsl.Generators.Pipeline;

namespace Mage.Cli.Kernels;

/// <summary>One pass of a kernel as it was compiled, and what it costs.</summary>
internal sealed record ShownPass(ListedPass Listed, KernelProgram Program)
{
    /// <summary>The pass's name: <c>forward</c> or <c>backward</c>.</summary>
    public string Name => Listed.Name;

    /// <summary>From what the compiler says.</summary>
    public static ShownPass Of(ListedPass listed) => new(
        listed,
        new KernelProgram(
            [.. listed.Stages.Select(s => new KernelStage(
                s.Code.Template, s.Code.Comment, $"{s.Cost.BytesRead}", $"{s.Cost.BytesWritten}", $"{s.Cost.Operations}", $"{s.Cost.BytesLive}"))],
            [.. listed.Costs.Outputs.Select(o => new KernelBuffer(CostEmitter.Shown(o.Name), $"{o.Bytes}"))]));
}

/// <summary>A kernel, compiled as asked for, with the sizes and the machine that its figures are for.</summary>
internal sealed record ShownKernel(
    KernelInfo Info, KernelListing Listing, ShownPass Forward, ShownPass? Backward,
    IReadOnlyDictionary<string, int> Sizes, IReadOnlyList<string> Off, Roofline Machine, DeviceCode? Device)
{
    private static readonly Lazy<Roofline> Measured = new(Roofline.Measure);

    /// <summary>Compiles a kernel's IR again.</summary>
    /// <param name="info">The kernel.</param>
    /// <param name="unfused">One launch per primitive.</param>
    /// <param name="off">Bool parameters that are false.</param>
    /// <param name="sizes">Sizes for the figures, as <see cref="SizeChoice"/> reads them.</param>
    /// <param name="device">What runs it, if not the processor.</param>
    /// <exception cref="UserErrorException">A flag or a size is not the kernel's, or its IR cannot be read.</exception>
    public static ShownKernel Create(
        KernelInfo info, bool unfused, IReadOnlyList<string> off, IReadOnlyList<string> sizes, DeviceCode? device)
    {
        var flags = info.Parameters.Where(p => p.Kind == KernelParameterKind.Bool).Select(p => p.Name).ToArray();
        if (off.FirstOrDefault(flag => !flags.Contains(flag)) is { } unknown)
        {
            throw new UserErrorException(
                $"{info.Name} has no bool parameter '{unknown}'; it has {(flags.Length == 0 ? "none" : string.Join(", ", flags))}");
        }

        var chosen = SizeChoice.Of(info, sizes);
        try
        {
            var listing = KernelListing.Of(info.Ir, !unfused, [.. off], device is null ? CpuBackend.Instance : GpuBackend.Instance);
            var backward = listing.Backward is { } pass ? ShownPass.Of(pass) : null;
            var machine = device is null ? Measured.Value : DeviceCode.Machine;
            return new ShownKernel(info, listing, ShownPass.Of(listing.Forward), backward, chosen, off, machine, device);
        }
        catch (FormatException e)
        {
            throw new UserErrorException($"the IR of {info.Name} cannot be read ({e.Message}): it was built with another version of MageDsl", e);
        }
    }

    /// <summary>Whether its stages are those that the program runs, rather than what they would be.</summary>
    public bool IsCompiledSo => Listing.Kernel.Fusion == Info.Fused;

    /// <summary>What is kept for the backward pass, beside results and arguments.</summary>
    public IEnumerable<KernelBuffer> Saved => Forward.Program.Outputs.Skip(Listing.Kernel.Results.Count);

    /// <summary>What the figures of <see cref="Machine"/> are of.</summary>
    public string MachineText =>
        $"{(Device is null ? $"this machine now, {WorkerPool.Shared.Threads} threads" : "an H200 as the compiler takes it to be")}: " +
        $"copies {Figures.Of(Machine.BytesPerSecond, "B/s")}, multiplies and adds {Figures.Of(Machine.OperationsPerSecond, "FLOP/s")}";

    /// <summary>What is launched for a stage on a device; nothing on the processor, or where what is shown is not what was compiled.</summary>
    public IReadOnlyList<LaunchedText> Launched(ListedStage stage) =>
        Device is null || !IsCompiledSo ? [] : Device.Of(Info, Listing.Kernel.Name, stage.Code.CompiledLate!);

    /// <summary>The code of a stage, and what a device makes of it.</summary>
    public string Code(ListedStage stage) =>
        string.Join("\n", Launched(stage).Select(launched => $"// {launched.Name}\n{launched.Text}").Prepend(stage.Code.Source));

    /// <summary>The least time that a stage can take here.</summary>
    public double Floor(KernelStage stage) => Machine.Floor(stage.Bytes(Sizes), stage.Operations.At(Sizes));
}
