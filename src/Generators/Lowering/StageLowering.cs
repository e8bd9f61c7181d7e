using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Lowering;

/// <summary>From a scheduled stage to what a backend prints.</summary>
internal static class StageLowering
{
    public static LoweredStage Of(Schedule schedule, Stage stage) =>
        stage is LoopStage loop ? LoopLowering.Of(schedule, loop) : ContractionLowering.Of(schedule, (ContractionStage)stage);

    /// <summary>A stage is where its last value was written.</summary>
    public static int Origin(Schedule schedule, Stage stage) => schedule.Graph.Origins[stage.Items[stage.Items.Count - 1].Node];
}
