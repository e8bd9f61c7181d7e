using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Backends.Cpu;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Passes;

namespace MageDsl.Generators.Emit;

/// <summary>
/// From a parsed kernel to its generated file; the order of the passes is here. For every setting of the bool parameters:
/// simplify, differentiate and choose what is saved (<see cref="KernelPrograms"/>), then for each program merge axes, partition
/// into stages, place, and emit (<see cref="ProgramEmitter"/>).
/// </summary>
internal static class KernelCompiler
{
    /// <summary>The source of the file "TypeName.Name.g.cs", of a kernel whose definition is not at hand.</summary>
    public static string Compile(KernelModel kernel) => Compile(new TracedModel(kernel, default));

    /// <summary>The source of the file "TypeName.Name.g.cs", its lines marked for <see cref="LineMarks"/>.</summary>
    public static string Compile(TracedModel traced)
    {
        var stages = new StageRegistry();
        return new KernelEmitter(traced, stages, Variants(traced, stages)).Source();
    }

    /// <summary>The kernel compiled for every setting of its bool parameters: all false first, all true last.</summary>
    public static IReadOnlyList<VariantEmitter> Variants(TracedModel traced, StageRegistry stages)
    {
        var kernel = traced.Model;
        PassObserver.Current?.Values("parse", kernel.Nodes, kernel.Results.Select(r => r.Value));
        var flags = kernel.Parameters.Where(p => p.Kind == ParameterKind.Bool).Select(p => p.Name).ToArray();
        var variants = new List<VariantEmitter>();
        var taken = new HashSet<string>();
        for (var bits = 0; bits < 1 << flags.Length; bits++)
        {
            var setting = flags.Select((name, i) => (name, on: (bits >> i & 1) != 0)).ToDictionary(f => f.name, f => f.on);
            var name = string.Concat(setting.Where(f => f.Value).Select(f => char.ToUpperInvariant(f.Key[0]) + f.Key.Substring(1)));
            // Flags "a" and "A" begin alike, "ab" goes on as "a" and "b" would.
            while (!taken.Add(name)) name += "_";
            variants.Add(new VariantEmitter(traced, stages, setting, name));
        }
        return variants;
    }
}
