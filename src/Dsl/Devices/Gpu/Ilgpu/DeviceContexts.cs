using ILGPU;

namespace MageDsl.Devices.Gpu.Ilgpu;

/// <summary>Contexts as device code needs them.</summary>
internal static class DeviceContexts
{
    /// <summary>
    /// A context with these devices. Level O2 is what lets ILGPU see that views are of global memory; the algorithms are what knows
    /// the functions of <see cref="MathF"/>.
    /// </summary>
    public static Context Create(Action<Context.Builder> addDevices)
    {
        var context = Context.Create(builder => Set(builder, addDevices));
        EarlyFields.AddTo(context);
        return context;
    }

    private static void Set(Context.Builder builder, Action<Context.Builder> addDevices)
    {
        builder.Optimize(OptimizationLevel.O2).Inlining(InliningMode.Aggressive).EnableAlgorithms();
        Instructions.Register(
            builder, typeof(Boxes), typeof(Comparisons), typeof(Exponentials), typeof(Extrema), typeof(FusedArithmetic), typeof(Halves),
            typeof(Reciprocals), typeof(SplitWarpGroups), typeof(TensorCores), typeof(WarpGroups), typeof(WideWarpGroups));
        addDevices(builder);
    }
}
