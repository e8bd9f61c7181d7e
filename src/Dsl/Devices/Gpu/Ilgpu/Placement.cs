using System.Collections.Immutable;
using System.Reflection;
using ILGPU.Backends;
using ILGPU.IR.Transformations;

namespace MageDsl.Devices.Gpu.Ilgpu;

/// <summary>
/// Leaves what a loop does not change before the loop. ILGPU moves it there first, and in the end each value as near to its uses as it can, which is
/// back into the loop: divisions, roots and products of sizes would be computed anew each time around, and drivers do not mend that.
/// </summary>
internal static class Placement
{
    private static readonly PropertyInfo Transformers = typeof(Backend).GetProperty(
        "KernelTransformers", BindingFlags.Instance | BindingFlags.NonPublic)
        ?? throw new InvalidOperationException("this version of ILGPU keeps its transformations elsewhere");

    /// <summary>The same backend, without that last step.</summary>
    public static Backend Kept(Backend backend)
    {
        var all = (ImmutableArray<Transformer>)Transformers.GetValue(backend)!;
        Transformers.SetValue(backend, all.Select(Without).ToImmutableArray());
        return backend;
    }

    private static Transformer Without(Transformer transformer) => EarlyFields.Before(Transformer.Create(
        transformer.Configuration, [.. transformer.Transformations.Where(transformation => transformation is not CodePlacement)]));
}
