using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Emit.Cpu;

/// <summary>How the axes of a contraction's operand or result lie in memory: what can be pointed at, and which axes are one.</summary>
internal static class OperandMemory
{
    /// <summary>The place of an operand that is read as it is, and where in it; null if something is computed or checked on the way.</summary>
    public static (Place Place, IndexEnvironment Env)? PlainRead(Schedule schedule, Stage stage, StageFields fields, int operand, IndexEnvironment env)
    {
        while (schedule.Graph[operand].Op == Op.View && !schedule.IsRead(operand, stage))
        {
            env = env.Through(schedule.Graph[operand].Over[0], schedule.Graph[operand].Map!, fields.Size);
            operand = schedule.Graph[operand].Args[0];
        }
        if (!schedule.IsRead(operand, stage) || env.Checks.Count > 0 || schedule.Places[operand].Buffer.Type != ValueType.Real) return null;
        return (schedule.Places[operand], env);
    }

    /// <summary>How many axes at the end of a run form one dense axis in memory.</summary>
    public static int CollapsedSuffix(Place place, IndexEnvironment env, IReadOnlyList<string> run)
    {
        for (var count = run.Count; count > 0; count--)
        {
            var suffix = run.Skip(run.Count - count).ToArray();
            if (Strides(place, env, suffix) is { } strides && strides[strides.Count - 1].Count == 0 && Collapses(strides, suffix)) return count;
        }
        return 0;
    }

    /// <summary>Indices with several axes that are one in memory replaced by one variable.</summary>
    public static IndexEnvironment Flattened(Place place, IndexEnvironment env, IReadOnlyList<string> axes, string variable)
    {
        var last = Names.Variable(axes[axes.Count - 1]);
        foreach (var axis in place.Axes)
        {
            var index = env[axis];
            foreach (var other in axes.Take(axes.Count - 1)) index = index.Without(Names.Variable(other));
            env = env.With(axis, index with { Terms = index.Terms.Select(t => t.Axis == last ? t with { Axis = variable } : t).ToEquatable() });
        }
        return env;
    }

    /// <summary>The stride of each axis of a group as a product of sizes; null where one is no such product.</summary>
    public static IReadOnlyList<IReadOnlyList<string>>? Strides(Place place, IndexEnvironment env, IReadOnlyList<string> group)
    {
        var result = new List<IReadOnlyList<string>>();
        foreach (var axis in group)
        {
            var variable = Names.Variable(axis);
            var holders = place.Axes.Where(a => env[a].Scale(variable) != 0).ToArray();
            if (holders.Length != 1 || env[holders[0]].Scale(variable) != 1 || env[holders[0]].Divisor != 1) return null;
            if (group.Count > 1 && (holders[0] != axis || env[holders[0]].Terms.Count != 1)) return null;
            result.Add(place.Stride(holders[0]));
        }
        return result;
    }

    /// <summary>Whether consecutive axes of a group form one axis in memory.</summary>
    public static bool Collapses(IReadOnlyList<IReadOnlyList<string>> strides, IReadOnlyList<string> group)
    {
        for (var i = 0; i + 1 < strides.Count; i++)
        {
            var expected = strides[i + 1].Append(group[i + 1]).OrderBy(a => a, System.StringComparer.Ordinal);
            if (!expected.SequenceEqual(strides[i].OrderBy(a => a, System.StringComparer.Ordinal))) return false;
        }
        return true;
    }
}
