using System.Collections.Generic;
using System.Linq;

namespace MageDsl.Generators.Ir;

/// <summary>The settings of a kernel's bool parameters, each of which is compiled by itself.</summary>
internal static class Variants
{
    /// <summary>All of them, all false first and all true last, with what tells their methods apart.</summary>
    public static IReadOnlyList<(string Name, IReadOnlyDictionary<string, bool> Setting)> Of(KernelModel kernel)
    {
        var flags = kernel.Parameters.Where(p => p.Kind == KernelParameterKind.Bool).Select(p => p.Name).ToArray();
        var variants = new List<(string, IReadOnlyDictionary<string, bool>)>();
        var taken = new HashSet<string>();
        for (var bits = 0; bits < 1 << flags.Length; bits++)
        {
            var setting = flags.Select((name, i) => (name, on: (bits >> i & 1) != 0)).ToDictionary(f => f.name, f => f.on);
            var name = string.Concat(setting.Where(f => f.Value).Select(f => char.ToUpperInvariant(f.Key[0]) + f.Key.Substring(1)));
            // Flags "a" and "A" begin alike, "ab" goes on as "a" and "b" would.
            while (!taken.Add(name)) name += "_";
            variants.Add((name, setting));
        }
        return variants;
    }
}
