using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.CSharp;

namespace MageDsl.Generators.Backends.Cpu;

/// <summary>
/// The sums among the reductions that a pass keeps in registers: counts their steps, over all loops of a row, and empties them in time.
/// </summary>
internal sealed class RegisterSums
{
    // The nesting of a row.
    private const int Row = 1;

    private readonly CodeWriter code;
    private readonly IReadOnlyList<RegisterReduction> sums;
    private readonly int copies;

    /// <param name="code">Where the pass is written.</param>
    /// <param name="registers">All its reductions in registers.</param>
    /// <param name="copies">How many run side by side.</param>
    public RegisterSums(CodeWriter code, IEnumerable<RegisterReduction> registers, int copies)
    {
        this.code = code;
        this.copies = copies;
        sums = registers.Where(r => r.IsSum).ToArray();
    }

    public bool IsEmpty => sums.Count == 0;

    /// <summary>Elements that the registers can take at a time.</summary>
    public string Block => $"{Library.Cpu}LoopSums.Terms * {copies} * S.Width";

    /// <summary>At the beginning of a block: makes room for it. The registers of a short row stay as they are.</summary>
    /// <param name="start">Where the loop over the blocks began.</param>
    /// <param name="from">Where this one begins.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="isFull">Whether that loop is the only one of the row, and each of its blocks but the last fills the registers.</param>
    public void Reserve(string start, string from, string end, bool isFull)
    {
        if (IsEmpty) return;
        if (isFull)
        {
            code.Line($"if ({from} != {start}) {{ {string.Join(" ", sums.Select(s => s.Flush()))} }}");
            return;
        }
        var (room, steps) = (code.Name("room"), code.Name("steps"));
        code.Line(Row, $"nint {room} = {Library.Cpu}LoopSums.Terms;");
        code.Line($"nint {steps} = {Library.Cpu}LoopSums.Steps({end} - {from}, S.Width, {copies});");
        code.Line($"if ({room} < {steps}) {{ {string.Concat(sums.Select(s => s.Flush() + " "))}{room} = {Library.Cpu}LoopSums.Terms; }}");
        code.Line($"{room} -= {steps};");
    }
}
