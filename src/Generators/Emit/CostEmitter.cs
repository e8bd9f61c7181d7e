using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using MageDsl.Generators.Backends;
using MageDsl.Generators.Costs;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Emit;

/// <summary>Writes into a kernel's description what each variant's programs cost, as formulas over axis sizes.</summary>
internal static class CostEmitter
{
    public static string Initialisers(KernelModel kernel, IReadOnlyList<VariantCode> variants)
    {
        var text = new StringBuilder();
        if (kernel.Rules.Count > 0)
        {
            var rules = kernel.Rules.Select(r => $"new({Text(r.Axis)}, {Text(r.From)}, {Text(r.By)}, {Number(r.Offset)}, {Number(r.Stride)})");
            text.Append($"        Rules = [{string.Join(", ", rules)}],\n");
        }
        text.Append("        Variants =\n        [\n");
        foreach (var variant in variants) text.Append(Variant(kernel, variant));
        return text.Append("        ],\n").ToString();
    }

    /// <summary>A buffer's name as people see it.</summary>
    public static string Shown(string buffer) => buffer.TrimStart('_');

    private static string Variant(KernelModel kernel, VariantCode variant)
    {
        var text = new StringBuilder("            new()\n            {\n");
        var on = variant.Plan.Setting.Where(s => s.Value).Select(s => Text(s.Key)).ToArray();
        if (on.Length > 0) text.Append($"                Flags = [{string.Join(", ", on)}],\n");
        text.Append(Program(kernel, "Inference", variant.Inference));
        if (variant.Forward != variant.Inference) text.Append(Program(kernel, "Saving", variant.Forward));
        if (variant.Backward is { } backward) text.Append(Program(kernel, "Backward", backward));
        return text.Append("            },\n").ToString();
    }

    private static string Program(KernelModel kernel, string property, ProgramCode program)
    {
        var costs = new ProgramCosts(program.Schedule, kernel.Rules);
        var text = new StringBuilder($"                {property} = new(\n                    [\n");
        foreach (var (stage, cost) in program.Launches.Zip(costs.Launches, (s, c) => (s, c)))
        {
            var formulas = new[] { cost.BytesRead, cost.BytesWritten, cost.Operations, cost.BytesLive }.Select(f => Text(f.ToString()));
            text.Append($"                        new({Text(stage.Template)}, {Text(stage.Comment)}, {string.Join(", ", formulas)}),\n");
        }
        var outputs = costs.Outputs.Select(o => $"new({Text(Shown(o.Name))}, {Text(o.Bytes.ToString())})");
        return text.Append($"                    ],\n                    [{string.Join(", ", outputs)}]),\n").ToString();
    }

    private static string Text(string text) => CSharpText.Literal(text);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
