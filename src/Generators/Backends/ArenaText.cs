using System.Collections.Generic;
using System.Linq;
using System.Text;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Backends;

/// <summary>Writes where a program's temporaries lie: the bytes of each, the slots one after the other, and who lies in which.</summary>
internal static class ArenaText
{
    /// <param name="plan">The program.</param>
    /// <param name="launches">Its launches.</param>
    /// <param name="type">The type of the arena.</param>
    /// <param name="device">What its constructor takes before the bytes.</param>
    public static string Of(ProgramPlan plan, IReadOnlyList<LaunchCode> launches, string type, string device = "")
    {
        if (plan.Memory.Slots.Count == 0) return "";
        var text = new StringBuilder();
        var names = new List<string>();
        var parts = new StringBuilder();
        foreach (var slot in plan.Memory.Slots)
        {
            var offset = names.Count == 0 ? "0" : string.Join(" + ", names);
            foreach (var buffer in slot)
            {
                var element = buffer.Type == ValueType.Ids ? "int" : buffer.IsShort ? LaunchClass.Short : "T";
                var bytes = $"(nint)sizeof({element}) * {Sizes.Product(buffer.Axes)}";
                text.Append($"            nint {buffer.Name}_bytes = " +
                    $"{(ProgramCode.Condition(plan, launches, buffer) is { } wanted ? $"{wanted} ? {bytes} : 0" : bytes)};\n");
                parts.Append($"            var {Names.Tensor(buffer.Name)} = _arena.At({offset}, {buffer.Name}_bytes);\n");
            }
            names.Add($"_slot{names.Count + 1}");
            var largest = slot.Select(b => $"{b.Name}_bytes").Aggregate((a, b) => $"{Library.Math}.Max({a}, {b})");
            text.Append($"            nint {names[names.Count - 1]} = {type}.Aligned({largest});\n");
        }
        return text.Append($"            using var _arena = new {type}({device}{string.Join(" + ", names)});\n").Append(parts).ToString();
    }
}
