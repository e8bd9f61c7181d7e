using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Analysis;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Passes;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Pipeline;

/// <summary>From a parsed kernel to its plan: every pass, in order, by its name.</summary>
internal sealed class Compiler
{
    private readonly Target target;
    private readonly IPassObserver? observer;

    /// <param name="target">The device that is planned for.</param>
    /// <param name="observer">Is shown what every pass hands on; null in a build.</param>
    public Compiler(Target target, IPassObserver? observer = null)
    {
        this.target = target;
        this.observer = observer;
    }

    /// <summary>Every variant of a kernel.</summary>
    public KernelPlan Plan(TracedModel traced)
    {
        observer?.Values("parse", traced.Model.Nodes, traced.Model.Results.Select(r => r.Value));
        return new KernelPlan(traced, Variants.Of(traced.Model).Select(v => Plan(traced, v.Name, v.Setting)).ToArray());
    }

    /// <summary>The variant with these bool parameters.</summary>
    private VariantPlan Plan(TracedModel traced, string name, IReadOnlyDictionary<string, bool> setting)
    {
        var programs = Programs(traced, setting);
        // Results in place are written in one stage at any rate: a later one would read what an earlier one wrote.
        var inPlace = traced.Model.Results.Any(r => r.Into.Length > 0);
        var fusion = traced.Model.Fusion || inPlace;
        var (first, isOnly) = (Schedule(programs.Inference, fusion), programs.Forward == programs.Inference);
        if (inPlace) InPlace.CheckResults(first);
        var saving = isOnly ? first : Schedule(programs.Forward, fusion);
        var last = programs.Backward is { } program ? Schedule(program, fusion) : null;
        if (target.HasShortBuffers)
        {
            (first, _) = ShortBuffers.Mark(first, null, programs.Saved);
            (saving, last) = ShortBuffers.Mark(saving, last, programs.Saved);
            programs = programs with { Saved = programs.Saved.Select(b => b with { IsShort = saving.HasShort(b.Name) }).ToArray() };
        }
        var inference = ProgramPlan.Of($"{name}Forward", first, isConditional: false);
        var forward = isOnly ? inference : ProgramPlan.Of($"{name}Saving", saving, isConditional: false);
        var backward = last is null ? null : ProgramPlan.Of($"{name}Backward", last, isConditional: true);
        return new VariantPlan(name, setting, programs, inference, forward, backward);
    }

    /// <summary>What a variant computes: values in a graph, then programs, rewritten as wholes.</summary>
    public KernelPrograms Programs(TracedModel traced, IReadOnlyDictionary<string, bool> setting)
    {
        var values = VariantValues.Of(traced, setting);
        observer?.Values("specialise", values.Graph.Nodes, values.Results);
        if (traced.Model.Differentiable)
        {
            values = values.Differentiated();
            observer?.Values("differentiate", values.Graph.Nodes, values.Gradients.Select(g => g.Value));
            if (traced.Model.Fusion && target.JoinsProducts)
            {
                values = ReorderedSums.Run(values);
                observer?.Values("reorder sums", values.Graph.Nodes, values.Gradients.Select(g => g.Value));
            }
        }
        var programs = KernelPrograms.Of(values, target.Costs);
        var inference = Rewritten(programs.Inference, traced.Model.Fusion);
        return programs with
        {
            Inference = inference,
            Forward = programs.Forward == programs.Inference ? inference : Rewritten(programs.Forward, traced.Model.Fusion),
            Backward = programs.Backward is { } backward ? Rewritten(backward, traced.Model.Fusion) : null,
        };
    }

    private Program Rewritten(Program program, bool fusion)
    {
        Seen("choose what is saved", program);
        if (fusion && target.JoinsProducts) program = Seen("divide late", LateFactors.Run(program));
        if (fusion) program = Seen("take shared sums apart", SharedSums.Run(program));
        return Seen("merge axes", AxisMerger.Run(program));
    }

    /// <summary>How a program runs: its launches, and where everything lies.</summary>
    public Schedule Schedule(Program program, bool fusion)
    {
        var partition = Partition(program, fusion);
        if (fusion && target.PacksInMemory) partition = StoredSums.Run(partition, other => Partition(other, fusion));
        var schedule = Placement.Run(partition, target);
        if (fusion && target.ReducesInRows) schedule = LoopPairs.Find(schedule);
        observer?.Schedule(schedule);
        return schedule;
    }

    private Partition Partition(Program program, bool fusion)
    {
        program = Seen("distinct values", DistinctValues.Run(program));
        program = Seen("contractions", Contractions.Run(program));
        var partition = Partitioner.Run(program, Anchors.Find(program, target, fusion), target, fusion);
        observer?.Partition(partition);
        if (fusion && target.RunsRowBlocks) partition = RowBlocks.Find(partition, target);
        if (target.JoinsProducts) partition = JointProducts.Find(partition);
        return fusion && target.PacksInMemory ? LaterValues.Run(partition) : partition;
    }

    private Program Seen(string pass, Program program)
    {
        observer?.Program(pass, program);
        return program;
    }
}
