using System.Runtime.CompilerServices;
using ILGPU;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>Launches of one stage that became one: groups beside each other along y, a launch's to a row.</summary>
internal struct GpuTogether<TStage> : IGpuStage<GpuTogether<TStage>>
    where TStage : struct, IGpuStage<TStage>
{
    // What a card takes, less what ILGPU may add. Views are larger here than there.
    private const int ArgumentBytes = 4096 - 96;

    /// <summary>
    /// So many at most: one if eight would have more arguments than a launch can have, or if the stage is one that registers are counted for.
    /// </summary>
    public static int Most { get; } = Unsafe.SizeOf<GpuTogether<TStage>>() <= ArgumentBytes
        && !typeof(TStage).IsDefined(typeof(GroupsAtOnceAttribute), inherit: false) ? 8 : 1;

    public TStage Stage0, Stage1, Stage2, Stage3, Stage4, Stage5, Stage6, Stage7;

    /// <summary>The arguments of one to <see cref="Most"/> launches.</summary>
    public static GpuTogether<TStage> Of(ReadOnlySpan<TStage> stages)
    {
        return new()
        {
            Stage0 = At(stages, 0), Stage1 = At(stages, 1), Stage2 = At(stages, 2), Stage3 = At(stages, 3),
            Stage4 = At(stages, 4), Stage5 = At(stages, 5), Stage6 = At(stages, 6), Stage7 = At(stages, 7),
        };

        static TStage At(ReadOnlySpan<TStage> stages, int index) => index < stages.Length ? stages[index] : default;
    }

    public static void Run(GpuTogether<TStage> together)
    {
        var stage = together.Stage0;
        if (Grid.IdxY == 1) stage = together.Stage1;
        if (Grid.IdxY == 2) stage = together.Stage2;
        if (Grid.IdxY == 3) stage = together.Stage3;
        if (Grid.IdxY == 4) stage = together.Stage4;
        if (Grid.IdxY == 5) stage = together.Stage5;
        if (Grid.IdxY == 6) stage = together.Stage6;
        if (Grid.IdxY == 7) stage = together.Stage7;
        TStage.Run(stage);
    }
}
