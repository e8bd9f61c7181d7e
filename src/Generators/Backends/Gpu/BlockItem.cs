using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Lowering;

namespace MageDsl.Generators.Backends.Gpu;

/// <summary>
/// Where the item of a row block is along each of its batch axes: found out once for all parts, because each element of a product would divide for
/// it anew, and division is what devices are slowest at.
/// </summary>
internal static class BlockItem
{
    /// <summary>As many as there is room for.</summary>
    private const int Most = 4;

    /// <summary>What a block does before its parts.</summary>
    public static string Print(IReadOnlyList<string> batch, StageFields fields)
    {
        if (batch.Count > Most) return "";
        var rest = $"{GpuStage.At}.Item";
        var lines = new List<string>();
        for (var i = batch.Count - 1; i >= 0; i--)
        {
            lines.Add(i == 0 ? $"{Field(i)} = {rest};" : $"{Field(i)} = {rest} % {fields.Size(batch[i])};");
            if (i > 0) rest += $" / {fields.Size(batch[i])}";
        }
        return string.Concat(lines.Select(line => $"            {line}\n"));
    }

    /// <summary>The indices of a part.</summary>
    public static void Decode(Dialect values, IReadOnlyList<LoopVariable> batch)
    {
        if (batch.Count > Most) Sections.Decode(values, "batch", batch);
        else for (var i = 0; i < batch.Count; i++) values.Code.Line($"int {Names.Variable(batch[i])} = {Field(i)};");
    }

    private static string Field(int number) => $"{GpuStage.At}.Axis{number}";
}
