using System.Collections.Generic;
using System.Linq;

namespace MageDsl.Generators.Emit.Cpu;

/// <summary>The sums among the reductions that a pass keeps in registers: counts their steps, over all loops of a row, and empties them in time.</summary>
internal sealed class RegisterSums
{
    private readonly ValueEmitter values;
    private readonly IReadOnlyList<RegisterReduction> sums;
    private readonly int copies;

    /// <param name="values">Writes the pass.</param>
    /// <param name="registers">All its reductions in registers.</param>
    /// <param name="copies">How many run side by side.</param>
    public RegisterSums(ValueEmitter values, IEnumerable<RegisterReduction> registers, int copies)
    {
        this.values = values;
        this.copies = copies;
        sums = registers.Where(r => r.IsSum).ToArray();
    }

    public bool IsEmpty => sums.Count == 0;

    /// <summary>Elements that the registers can take at a time.</summary>
    public string Block => $"{Library.Cpu}LoopSums.Terms * {copies} * S.Width";

    /// <summary>Before so many elements: makes room for them. The registers of a short row stay as they are.</summary>
    public void Reserve(string from, string end)
    {
        if (IsEmpty) return;
        var (room, steps) = (values.Name("room", level: 1), values.Name("steps"));
        values.Levels[1].Line($"nint {room} = {Library.Cpu}LoopSums.Terms;");
        values.Top.Line($"nint {steps} = {Library.Cpu}LoopSums.Steps({end} - {from}, S.Width, {copies});");
        values.Top.Line($"if ({room} < {steps}) {{ {string.Concat(sums.Select(s => s.Flush() + " "))}{room} = {Library.Cpu}LoopSums.Terms; }}");
        values.Top.Line($"{room} -= {steps};");
    }
}
