using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Passes;

namespace MageDsl.Generators.Scheduling;

/// <summary>One variant of a kernel: its programs, planned.</summary>
/// <param name="Name">What tells its methods from those of the others.</param>
/// <param name="Setting">Its bool parameters.</param>
/// <param name="Programs">What it computes and keeps.</param>
/// <param name="Inference">The forward pass that keeps nothing.</param>
/// <param name="Forward">The forward pass of training; the same where nothing is kept.</param>
/// <param name="Backward">The backward pass, or null.</param>
internal sealed record VariantPlan(
    string Name, IReadOnlyDictionary<string, bool> Setting, KernelPrograms Programs,
    ProgramPlan Inference, ProgramPlan Forward, ProgramPlan? Backward);

/// <summary>A kernel compiled for every setting of its bool parameters: all false first, all true last. What is left to do is to write it.</summary>
internal sealed record KernelPlan(TracedModel Traced, IReadOnlyList<VariantPlan> Variants)
{
    public KernelModel Kernel => Traced.Model;

    /// <summary>
    /// Whether it launches with elements that a device may keep in 16 bits: a program has buffers that are <see cref="BufferModel.IsShort"/>, or a
    /// parameter is written, beside which there may be such.
    /// </summary>
    public bool HasShort => Programs.Any(p => p.Schedule.Places.Values.Any(place => place.Buffer.IsShort))
        || Kernel.Results.Any(r => r.Into.Length > 0) && Programs.Any(p => p.Schedule.Target.HasShortBuffers);

    private IEnumerable<ProgramPlan> Programs => Variants.SelectMany(v => new[] { v.Inference, v.Forward, v.Backward }).OfType<ProgramPlan>();
}
