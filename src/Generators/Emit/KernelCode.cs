using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Analysis;
using MageDsl.Generators.Backends;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Emit;

/// <summary>A variant with the code of its programs.</summary>
internal sealed record VariantCode(VariantPlan Plan, ProgramCode Inference, ProgramCode Forward, ProgramCode? Backward);

/// <summary>A planned kernel with the code of its programs.</summary>
/// <param name="Plan">The kernel.</param>
/// <param name="Variants">The code, in the order of the plan's variants.</param>
/// <param name="Types">The types that launches need.</param>
/// <param name="Target">What it was planned for.</param>
/// <param name="Launches">The class that launches it.</param>
internal sealed record KernelCode(KernelPlan Plan, IReadOnlyList<VariantCode> Variants, string Types, Target Target, LaunchClass Launches)
{
    public static KernelCode Of(KernelPlan plan, IBackend backend)
    {
        var code = backend.Kernel();
        var variants = plan.Variants.Select(Variant).ToArray();
        return new KernelCode(plan, variants, code.Types, backend.Target, backend.Launches(plan));

        VariantCode Variant(VariantPlan variant)
        {
            var inference = code.Add(variant.Inference);
            var forward = variant.Forward == variant.Inference ? inference : code.Add(variant.Forward);
            return new VariantCode(variant, inference, forward, variant.Backward is { } backward ? code.Add(backward) : null);
        }
    }
}
