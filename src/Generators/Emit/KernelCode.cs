using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Emit.Cpu;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Emit;

/// <summary>A planned program with the code of its launches, in order.</summary>
internal sealed record ProgramCode(ProgramPlan Plan, IReadOnlyList<StageCode> Launches)
{
    public Schedule Schedule => Plan.Schedule;

    /// <summary>The launches and their code, in order.</summary>
    public IEnumerable<(LaunchPlan Plan, StageCode Code)> Launched => Plan.Launches.Zip(Launches, (plan, code) => (plan, code));

    public static ProgramCode Of(ProgramPlan plan, StageRegistry stages)
    {
        return new ProgramCode(plan, plan.Launches.Select(Code).ToArray());

        StageCode Code(LaunchPlan launch)
        {
            if (launch.Block is not { } block) return Stage(launch.Stages[0], launch.Name);
            var parts = launch.Stages.Select((part, i) => Stage(part, $"{launch.Name}Part{i + 1}")).ToArray();
            return stages.Add(RowBlockEmitter.Emit(plan.Schedule, block, launch.Stages, parts, launch.Name));
        }

        StageCode Stage(Stage stage, string name) => stages.Add(
            stage is LoopStage loop ? LoopEmitter.Emit(plan.Schedule, loop, name) : ContractionEmitter.Emit(plan.Schedule, (ContractionStage)stage, name));
    }
}

/// <summary>A variant with the code of its launches.</summary>
internal sealed record VariantCode(VariantPlan Plan, ProgramCode Inference, ProgramCode Forward, ProgramCode? Backward);

/// <summary>A planned kernel with the code of its launches, and the structs that these share.</summary>
internal sealed record KernelCode(KernelPlan Plan, IReadOnlyList<VariantCode> Variants, StageRegistry Stages)
{
    public static KernelCode Of(KernelPlan plan)
    {
        var stages = new StageRegistry();
        return new KernelCode(plan, plan.Variants.Select(Variant).ToArray(), stages);

        VariantCode Variant(VariantPlan variant)
        {
            var inference = ProgramCode.Of(variant.Inference, stages);
            var forward = variant.Forward == variant.Inference ? inference : ProgramCode.Of(variant.Forward, stages);
            return new VariantCode(variant, inference, forward, variant.Backward is { } backward ? ProgramCode.Of(backward, stages) : null);
        }
    }
}
