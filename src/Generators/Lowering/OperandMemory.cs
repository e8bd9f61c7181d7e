using System;
using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Lowering;

/// <summary>How the axes of a contraction's operand or result lie in memory: what can be pointed at, and which axes are one.</summary>
internal static class OperandMemory
{
    /// <summary>The place of an operand that is read as it is, and where in it; null if something is computed or checked on the way.</summary>
    public static (Place Place, IndexEnvironment Env)? PlainRead(Schedule schedule, Stage stage, int operand, IndexEnvironment env)
    {
        while (schedule.Graph[operand].Op == Op.View && !schedule.IsRead(operand, stage))
        {
            env = env.Through(schedule.Graph[operand].Over[0], schedule.Graph[operand].Map!);
            operand = schedule.Graph[operand].Args[0];
        }
        if (!schedule.IsRead(operand, stage) || env.Checks.Count > 0 || schedule.Places[operand].Buffer.Type != ValueType.Real) return null;
        return (schedule.Places[operand], env);
    }

    /// <summary>How many axes at the end of a run form one dense axis in memory.</summary>
    public static int CollapsedSuffix(Place place, IndexEnvironment env, IReadOnlyList<LoopVariable> run)
    {
        for (var count = run.Count; count > 0; count--)
        {
            var suffix = run.Skip(run.Count - count).ToArray();
            if (Strides(place, env, suffix) is { } strides && strides[strides.Count - 1].Count == 0 && Collapses(strides, suffix)) return count;
        }
        return 0;
    }

    /// <summary>Indices in which the last of several axes that are one in memory stands for them all.</summary>
    public static IndexEnvironment Flattened(Place place, IndexEnvironment env, IReadOnlyList<LoopVariable> axes) =>
        place.Axes.Aggregate(env, (at, axis) => at.With(axis, axes.Take(axes.Count - 1).Aggregate(at[axis], (index, other) => index.Without(other))));

    /// <summary>The stride of each axis of a group as a product of sizes; null where one is no such product.</summary>
    public static IReadOnlyList<IReadOnlyList<string>>? Strides(Place place, IndexEnvironment env, IReadOnlyList<LoopVariable> group)
    {
        var result = new List<IReadOnlyList<string>>();
        foreach (var variable in group)
        {
            var holders = place.Axes.Where(a => env[a].Scale(variable) != 0).ToArray();
            if (holders.Length != 1 || env[holders[0]].Scale(variable) != 1 || env[holders[0]].Divisor != 1) return null;
            if (group.Count > 1 && (holders[0] != variable.Axis || env[holders[0]].Terms.Count != 1)) return null;
            result.Add(place.Stride(holders[0]));
        }
        return result;
    }

    /// <summary>Whether consecutive axes of a group form one axis in memory.</summary>
    public static bool Collapses(IReadOnlyList<IReadOnlyList<string>> strides, IReadOnlyList<LoopVariable> group)
    {
        for (var i = 0; i + 1 < strides.Count; i++)
        {
            var expected = strides[i + 1].Append(group[i + 1].Axis).OrderBy(a => a, StringComparer.Ordinal);
            if (!expected.SequenceEqual(strides[i].OrderBy(a => a, StringComparer.Ordinal))) return false;
        }
        return true;
    }
}
