using System.Linq;
using MageDsl.Generators.Analysis;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Lowering;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Backends.Gpu;

/// <summary>Prints lowered stages as C# that ILGPU compiles for CUDA, for OpenCL and for its own processor.</summary>
internal sealed class GpuBackend : IBackend
{
    /// <summary>What every type and method asks of the element type and of the operations on it.</summary>
    public const string Constraints = $"where T : unmanaged where S : struct, {Library.Gpu}IScalar<T>";

    public static GpuBackend Instance { get; } = new();

    public Target Target => Target.Gpu;

    public LaunchClass Launches { get; } = new(
        "GpuLaunch", "<T, S>", Constraints, $"<float, {Library.Gpu}Float32>",
        $"<double, {Library.Gpu}Float64>", $"{Library.Gpu}GpuDevice", $"{Library.Check}.GpuDevice");

    public IKernelCode Kernel() => new Code();

    /// <summary>A stage by itself.</summary>
    public static GpuStage Print(LoweredStage stage, string name) => stage switch
    {
        LoweredContraction contraction => ContractionTemplate.Print(contraction, name),
        LoweredLoop loop when loop.Passes.Any(p => p.Scatter != null) => ScatterTemplate.Print(loop, name),
        LoweredLoop loop when loop.Passes.Any(p => p.Rows.Count > 0) => RowTemplate.Print(loop, name),
        _ => PointwiseTemplate.Print((LoweredLoop)stage, name),
    };

    private sealed class Code : IKernelCode
    {
        private readonly StageRegistry<GpuStage> stages = new();

        public string Types => string.Join("\n", stages.All.Select(s => s.Struct()));

        public ProgramCode Add(ProgramPlan plan)
        {
            var launches = plan.Launches
                .Select(launch => new GpuLaunch(launch, stages.Add(Print(StageLowering.Of(plan.Schedule, launch.Stages[0]), $"Gpu{launch.Name}"))))
                    .ToArray();
            return new ProgramCode(plan, launches, LaunchWriter.Body(plan, launches));
        }
    }
}

/// <summary>A launch and its struct.</summary>
internal sealed record GpuLaunch(LaunchPlan Plan, GpuStage Stage)
    : LaunchCode(Plan, Stage.Template, Stage.Comment, Stage.Places.Select(p => p.Buffer.Name).Distinct().ToArray())
{
    public override string Source => Stage.Struct();

    public override string CompiledLate => Stage.Type;
}
