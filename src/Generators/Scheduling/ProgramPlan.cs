using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Scheduling;

/// <summary>One launch: a stage, the parts of a row block, or a pair of loops.</summary>
/// <param name="Name">The name of its struct.</param>
/// <param name="Stages">What runs in it, in order.</param>
/// <param name="Block">The row block, if it is one.</param>
/// <param name="Pair">The pair, if it is one.</param>
/// <param name="Wanted">The outputs, as bits, that need it; <see cref="Always"/> where none is left out.</param>
internal sealed record LaunchPlan(string Name, IReadOnlyList<Stage> Stages, RowBlock? Block, LoopPair? Pair, long Wanted)
{
    public const long Always = -1;
}

/// <summary>A program as it is launched: what runs, in which order, and where everything lies. All that emitting needs to know.</summary>
/// <param name="Name">What its methods and structs begin with.</param>
/// <param name="Schedule">The stages and places.</param>
/// <param name="Memory">Where the temporaries lie.</param>
/// <param name="Launches">In order.</param>
/// <param name="IsConditional">Whether only what wanted outputs need is launched, as in a backward pass.</param>
internal sealed record ProgramPlan(string Name, Schedule Schedule, MemoryPlan Memory, IReadOnlyList<LaunchPlan> Launches, bool IsConditional)
{
    public Program Program => Schedule.Program;

    public static ProgramPlan Of(string name, Schedule schedule, bool isConditional)
    {
        var masks = isConditional ? StageMasks.Of(schedule) : null;
        var launches = schedule.Launches
            .Select((stages, i) => new LaunchPlan(
                $"{name}{i + 1}", stages, schedule.BlockOf(stages[0]), schedule.PairOf(stages[0]),
                masks?[stages[0].Index] ?? LaunchPlan.Always))
            .ToArray();
        return new ProgramPlan(name, schedule, MemoryPlan.Of(schedule), launches, isConditional);
    }
}
