using System.Linq;
using MageDsl.Generators.Analysis;
using MageDsl.Generators.Lowering;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Backends.Cpu;

/// <summary>Prints lowered stages as C# structs over vectors.</summary>
internal sealed class CpuBackend : IBackend
{
    public static CpuBackend Instance { get; } = new();

    public Target Target => Target.Cpu;

    public LaunchClass Launches(KernelPlan plan) => new("Launch", "<T>", "where T : unmanaged", "<float>", "<double>");

    public IKernelCode Kernel() => new Code();

    /// <summary>A stage by itself.</summary>
    public static StageCode Print(LoweredStage stage, string name) =>
        stage is LoweredLoop loop ? LoopTemplate.Print(loop, name) : ContractionTemplate.Print((LoweredContraction)stage, name);

    private sealed class Code : IKernelCode
    {
        private readonly StageRegistry<StageCode> stages = new();

        public string Types => string.Join("\n", stages.All.Select(s => s.Struct()));

        public ProgramCode Add(ProgramPlan plan)
        {
            var launches = plan.Launches.Select(launch => new CpuLaunch(launch, Print(plan.Schedule, launch))).ToArray();
            return new ProgramCode(plan, launches, new LaunchWriter(plan, launches).Body());
        }

        private StageCode Print(Schedule schedule, LaunchPlan launch)
        {
            if (launch.Block is not { } block) return stages.Add(CpuBackend.Print(StageLowering.Of(schedule, launch.Stages[0]), launch.Name));
            var lowered = LoweredBlock.Of(schedule, block, launch.Stages);
            var parts = lowered.Parts.Select((part, i) => stages.Add(CpuBackend.Print(part.Stage, $"{launch.Name}Part{i + 1}"))).ToArray();
            return stages.Add(RowBlockTemplate.Print(lowered, parts, launch.Name));
        }
    }
}
