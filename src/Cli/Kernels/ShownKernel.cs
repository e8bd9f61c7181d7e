using MageDsl;
using MageDsl.Devices;
using MageDsl.Devices.Cpu;
using MageDsl.Generators.Backends;
using MageDsl.Generators.Backends.Cpu;
using MageDsl.Generators.Backends.Gpu;
using MageDsl.Generators.Emit;
using MageDsl.Generators.Pipeline;

namespace Mage.Cli.Kernels;

/// <summary>One pass of a kernel as it was compiled, and what it costs.</summary>
/// <param name="Listed">What the compiler says.</param>
/// <param name="Program">Its costs as formulas.</param>
/// <param name="Products">Of each stage the operations that multiply matrices.</param>
internal sealed record ShownPass(ListedPass Listed, KernelProgram Program, IReadOnlyList<SizeFormula> Products)
{
    /// <summary>The pass's name: <c>forward</c> or <c>backward</c>.</summary>
    public string Name => Listed.Name;

    /// <summary>From what the compiler says.</summary>
    public static ShownPass Of(ListedPass listed) => new(
        listed,
        new KernelProgram(
            [.. listed.Stages.Select(s => new KernelStage(
                s.Code.Template, s.Code.Comment, $"{s.Cost.BytesRead}", $"{s.Cost.BytesWritten}", $"{s.Cost.Operations}", $"{s.Cost.BytesLive}"))],
            [.. listed.Costs.Outputs.Select(o => new KernelBuffer(CostEmitter.Shown(o.Name), $"{o.Bytes}"))]),
        [.. listed.Stages.Select(s => (SizeFormula)$"{s.Cost.ContractionOperations}")]);
}

/// <summary>A kernel, compiled as asked for, with the sizes and the machine that its figures are for.</summary>
internal sealed record ShownKernel(
    KernelInfo Info, KernelListing Listing, ShownPass Forward, ShownPass? Backward,
    IReadOnlyDictionary<string, int> Sizes, IReadOnlyList<string> Off, ShownMachine Machine, DeviceCode? Device)
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
            IBackend backend = device is null ? CpuBackend.Instance : GpuBackend.Instance;
            var listing = KernelListing.Of(info.Ir, !unfused, [.. off], backend, inShort: device is { Precision: Precision.BFloat16 });
            var backward = listing.Backward is { } pass ? ShownPass.Of(pass) : null;
            var machine = device?.Machine
                ?? new ShownMachine($"this machine now, {WorkerPool.Shared.Threads} threads", Measured.Value, Precision.Float32);
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

    /// <summary>What is launched for a stage on a device; nothing on the processor, or where what is shown is not what was compiled.</summary>
    public IReadOnlyList<LaunchedText> Launched(ListedStage stage) =>
        Device is null || !IsCompiledSo ? [] : Device.Of(Info, Listing.Kernel.Name, stage.Code.CompiledLate!);

    /// <summary>The code of a stage, and what a device makes of it.</summary>
    public string Code(ListedStage stage) =>
        string.Join("\n", Launched(stage).Select(launched => $"// {launched.Name}\n{launched.Text}").Prepend(stage.Code.Source));

    /// <summary>The least time that a stage of a pass can take here, in seconds, and what takes so long.</summary>
    public (double Seconds, string Bound) Floor(ShownPass pass, int stage) => Machine.Floor(
        pass.Program.Stages[stage].Bytes(Sizes), pass.Program.Stages[stage].Operations.At(Sizes), pass.Products[stage].At(Sizes));

    /// <summary>The least time that all of them can take, one after the other.</summary>
    public double Floor(ShownPass pass) => Enumerable.Range(0, pass.Products.Count).Sum(stage => Floor(pass, stage).Seconds);
}
