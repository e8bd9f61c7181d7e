using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Costs;
using MageDsl.Generators.Backends.Cpu;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Emit;

/// <summary>One launch, for people to look at: what it does, what it costs, and its generated structs, those of a row block's parts included.</summary>
internal sealed record ListedStage(StageCode Code, LaunchCost Cost, string Source);

/// <summary>One pass of a kernel, for people to look at.</summary>
internal sealed record ListedPass(string Name, Schedule Schedule, IReadOnlyList<string> Decisions, string Ir, IReadOnlyList<ListedStage> Stages, ProgramCosts Costs)
{
    public static ListedPass Of(string name, KernelModel kernel, ProgramEmitter program, IEnumerable<string> decisions, StageRegistry registry)
    {
        var costs = new ProgramCosts(program.Schedule, kernel.Rules);
        var stages = costs.Launches.Zip(program.Stages, (cost, code) => new ListedStage(code, cost, Source(code, registry))).ToArray();
        return new ListedPass(name, program.Schedule, decisions.Concat(program.Schedule.Decisions).ToArray(), program.IrText(), stages, costs);
    }

    private static string Source(StageCode code, StageRegistry registry)
    {
        var parts = registry.All.Where(part => code.Parts.Any(p => p.Name == part.Name));
        return string.Join("\n", parts.Append(code).Select(c => c.Struct()));
    }
}

/// <summary>
/// A kernel compiled once more from its IR, fused or not, for <c>kernels show</c>. Nothing here needs Roslyn, so the command can do
/// it wherever the kernel is.
/// </summary>
internal sealed class KernelListing
{
    private KernelListing(KernelModel kernel, VariantEmitter variant, StageRegistry registry)
    {
        Kernel = kernel;
        Forward = ListedPass.Of("forward", kernel, variant.Forward, variant.Decisions, registry);
        Backward = variant.Backward is { } backward ? ListedPass.Of("backward", kernel, backward, Enumerable.Empty<string>(), registry) : null;
        Methods = variant.Methods();
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
    /// <exception cref="System.FormatException">The IR cannot be read: another version wrote it.</exception>
    public static KernelListing Of(string ir, bool fusion, IReadOnlyCollection<string> off)
    {
        var kernel = IrText.Parse(ir);
        if (!fusion) kernel = kernel with { Fusion = false };
        var registry = new StageRegistry();
        var variant = KernelCompiler.Variants(new TracedModel(kernel, default), registry).Single(v => v.Setting.All(s => s.Value != off.Contains(s.Key)));
        return new KernelListing(kernel, variant, registry);
    }
}
