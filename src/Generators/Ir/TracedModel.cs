using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Ir;

/// <summary>
/// A model, and for each of its nodes the number of the place where it was written (empty where that is not known): all that a
/// kernel's code depends on. Where those places are is no part of it.
/// </summary>
internal sealed record TracedModel(KernelModel Model, EquatableArray<int> Origins)
{
    /// <summary>The number of the place of what belongs to no expression: the kernel's name.</summary>
    public const int Name = 0;
}
