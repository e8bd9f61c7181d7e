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

    /// <summary>The same of the elements of short buffers.</summary>
    public const string ShortConstraints = $" where {LaunchClass.Short} : unmanaged, {Library.Gpu}IStored<T, {LaunchClass.Short}>";

    /// <summary>The type parameters of what is written for any number of neighbours, and what is asked of them.</summary>
    public const string Lanes = "V, M, L";

    /// <inheritdoc cref="Lanes"/>
    public const string LaneConstraints = $"where V : unmanaged where M : unmanaged where L : struct, {Library.Gpu}ILanes<T, V, M>";

    public static GpuBackend Instance { get; } = new();

    public Target Target => Target.Gpu;

    public LaunchClass Launches(KernelPlan plan)
    {
        static string Single(string functions) => $"<float, {Library.Gpu}Floats<{Library.Gpu}{functions}Functions>";
        var (single, twice) = (Single("Full"), $"<double, {Library.Gpu}Float64");
        string Whole(string type) => plan.HasShort ? $", {Library.Gpu}Whole<{type}>>" : ">";
        return new(
            "GpuLaunch", Parameters(plan.HasShort), Constraints + (plan.HasShort ? ShortConstraints : ""), single + Whole("float"),
            twice + Whole("double"), $"{Library.Gpu}GpuDevice", $"{Library.Check}.GpuDevice", $"{Library.Device}.HasGpu",
            plan.HasShort ? $"{Single("Short")}, {Library.Gpu}BFloat16>" : null);
    }

    /// <summary>The type parameters of what is launched.</summary>
    public static string Parameters(bool hasShort) => hasShort ? $"<T, S, {LaunchClass.Short}>" : "<T, S>";

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
            var launches = plan.Launches.Select(launch => new GpuLaunch(launch, Print(plan.Schedule, launch))).ToArray();
            return new ProgramCode(plan, launches, LaunchWriter.Body(plan, launches));
        }

        private GpuStage Print(Schedule schedule, LaunchPlan launch)
        {
            var name = $"Gpu{launch.Name}";
            if (launch.Pair is { } pair)
            {
                var loops = LoopLowering.Of(schedule, pair);
                var (rows, sums) = (RowTemplate.Print(loops.Rows, $"{name}Rows"), RowTemplate.Print(loops.Sums, $"{name}Sums"));
                return stages.Add(RowTemplate.PrintPair(loops, stages.Add(rows), stages.Add(sums), name));
            }
            if (launch.Block is not { } block) return stages.Add(GpuBackend.Print(StageLowering.Of(schedule, launch.Stages[0]), name));
            var lowered = InPlaceStash.Of(LoweredBlock.Of(schedule, block, launch.Stages));
            var parts = lowered.Parts.Select((part, i) => stages.Add(RowBlockTemplate.PrintPart(part, $"{name}Part{i + 1}", lowered.Rows))).ToArray();
            return stages.Add(RowBlockTemplate.Print(lowered, parts, name));
        }
    }
}

/// <summary>A launch and its struct.</summary>
internal sealed record GpuLaunch(LaunchPlan Plan, GpuStage Stage)
    : LaunchCode(Plan, Stage.Template, Stage.Comment, Stage.Places.Select(p => p.Buffer.Name).Distinct().ToArray())
{
    public override string Source => string.Join("\n", Stage.Parts.Append(Stage).Select(s => s.Struct()));

    public override string CompiledLate => Stage.Type;
}
