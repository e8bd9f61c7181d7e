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

    public IKernelCode Kernel() => new Code();

    /// <summary>A stage by itself.</summary>
    public static StageCode Print(LoweredStage stage, string name) =>
        stage is LoweredLoop loop ? LoopTemplate.Print(loop, name) : ContractionTemplate.Print((LoweredContraction)stage, name);

    private sealed class Code : IKernelCode
    {
        private readonly StageRegistry stages = new();

        public string Types => string.Join("\n", stages.All.Select(s => s.Struct()));

        public ProgramCode Add(ProgramPlan plan)
        {
            var codes = plan.Launches.Select(launch => Print(plan.Schedule, launch)).ToArray();
            var launches = plan.Launches.Zip(codes, (launch, code) => new LaunchCode(
                launch, code.Template, code.Comment, code.Places.Select(p => p.Buffer.Name).Distinct().ToArray(),
                string.Join("\n", code.Parts.Append(code).Select(c => c.Struct())))).ToArray();
            return new ProgramCode(plan, launches, new LaunchWriter(plan, launches, codes).Body());
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
