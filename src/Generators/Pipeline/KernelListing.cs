using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Backends;
using MageDsl.Generators.Costs;
using MageDsl.Generators.Emit;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Pipeline;

/// <summary>One launch, for people to look at: its code, and what it costs.</summary>
internal sealed record ListedStage(LaunchCode Code, LaunchCost Cost);

/// <summary>One pass of a kernel, for people to look at.</summary>
internal sealed record ListedPass(
    string Name, Schedule Schedule, IReadOnlyList<string> Decisions, string Ir, IReadOnlyList<ListedStage> Stages, ProgramCosts Costs)
{
    /// <param name="name">What it is called.</param>
    /// <param name="kernel">The kernel.</param>
    /// <param name="program">Its code.</param>
    /// <param name="decisions">What was decided before it was scheduled.</param>
    /// <param name="inShort">Whether its costs are those of a device that keeps short buffers in 16 bits.</param>
    public static ListedPass Of(string name, KernelModel kernel, ProgramCode program, IEnumerable<string> decisions, bool inShort)
    {
        var costs = new ProgramCosts(program.Schedule, kernel.Rules, inShort);
        var stages = costs.Launches.Zip(program.Launches, (cost, code) => new ListedStage(code, cost)).ToArray();
        return new ListedPass(
            name, program.Schedule, decisions.Concat(program.Schedule.Decisions).ToArray(), new ProgramEmitter(program).IrText(), stages, costs);
    }
}

/// <summary>
/// A kernel compiled once more from its IR, fused or not, for <c>kernels show</c>. Nothing here needs Roslyn, so the command can do
/// it wherever the kernel is.
/// </summary>
internal sealed class KernelListing
{
    private KernelListing(KernelModel kernel, VariantCode variant, LaunchClass launches, bool inShort)
    {
        Kernel = kernel;
        Forward = ListedPass.Of("forward", kernel, variant.Forward, variant.Plan.Programs.Decisions, inShort);
        Backward = variant.Backward is { } backward ? ListedPass.Of("backward", kernel, backward, Enumerable.Empty<string>(), inShort) : null;
        Methods = new VariantEmitter(kernel, variant, launches).Methods();
    }

    public KernelModel Kernel { get; }

    /// <summary>The pass that a tape records: results and what is kept.</summary>
    public ListedPass Forward { get; }

    public ListedPass? Backward { get; }

    /// <summary>The generated methods that launch the stages.</summary>
    public string Methods { get; }

    /// <summary>Compiles one variant.</summary>
    /// <param name="ir">The kernel's IR.</param>
    /// <param name="fusion">False for one launch per primitive; true for what the kernel itself says.</param>
    /// <param name="off">The bool parameters that are false.</param>
    /// <param name="backend">What to compile it for.</param>
    /// <param name="inShort">Whether costs are those of a device that keeps short buffers in 16 bits.</param>
    /// <exception cref="System.FormatException">The IR cannot be read: another version wrote it.</exception>
    public static KernelListing Of(string ir, bool fusion, IReadOnlyCollection<string> off, IBackend backend, bool inShort = false)
    {
        var kernel = IrText.Parse(ir);
        if (!fusion) kernel = kernel with { Fusion = false };
        var code = KernelCode.Of(new Compiler(backend.Target).Plan(new TracedModel(kernel, default)), backend);
        var variant = code.Variants.Single(v => v.Plan.Setting.All(s => s.Value != off.Contains(s.Key)));
        return new KernelListing(kernel, variant, code.Launches, inShort);
    }
}
