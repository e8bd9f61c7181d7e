using System.Reflection;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime.Cuda;
using MageDsl.Devices.Gpu;
using MageDsl.Devices.Gpu.Ilgpu;
using Xunit;

namespace MageDsl.Tests.Devices.Gpu;

/// <summary>What the library's kernels are on CUDA, without a card: ILGPU writes PTX for each of their stages, in both precisions.</summary>
public class PtxTests
{
    private static readonly Type[] Stages = [.. typeof(Tensor).Assembly.GetTypes().Where(type => type.IsNested && type.IsValueType && IsStage(type))];

    [Fact]
    public void Every_stage_of_the_library_is_ptx()
    {
        using var context = DeviceContexts.Create(_ => { });
        using var backend = new PTXBackend(context, CudaArchitecture.SM_80, CudaInstructionSet.ISA_80, null!);
        Assert.True(Stages.Length > 100, $"{Stages.Length} stages");
        var texts = new Dictionary<string, string>();
        foreach (var stage in Stages)
        {
            foreach (var (element, scalar) in new[] { (typeof(float), typeof(Float32)), (typeof(double), typeof(Float64)) })
            {
                foreach (var launched in Launched(stage.MakeGenericType(element, scalar), element, scalar))
                {
                    var entry = EntryPointDescription.FromExplicitlyGroupedKernel(
                        launched.GetMethod("Run", BindingFlags.Public | BindingFlags.Static)!);
                    texts.Add(launched.ToString(), ((PTXCompiledKernel)backend.Compile(entry, default)).PTXAssembly);
                }
            }
        }

        Assert.All(texts, text => Assert.Contains(".visible .entry", text.Value));
        // Where views are of global memory, as O2 finds out, no address is generic.
        Assert.All(texts, text => Assert.DoesNotMatch(@"\bld\.(f32|f64|b32|s32)", text.Value));
        // What is in float32 takes no detour by double, which most cards have little of; Pow does.
        Assert.All(
            texts.Where(t => t.Key.Contains("System.Single") && !t.Key.Contains("Optimizer")),
            text => Assert.DoesNotContain("fma.rn.f64", text.Value));
    }

    private static bool IsStage(Type type) =>
        type.GetInterfaces().Any(i => i.IsGenericType
            && (i.GetGenericTypeDefinition() == typeof(IGpuStage<>) || i.GetGenericTypeDefinition() == typeof(IGpuContraction<,>)
                || i.GetGenericTypeDefinition() == typeof(IGpuRowBlock<,>)));

    /// <summary>
    /// What is launched for a stage: itself, the product that it gives the elements of, what finishes one that was split, and groups that take parts
    /// through some rows, for scratch in either memory.
    /// </summary>
    private static IEnumerable<Type> Launched(Type stage, Type element, Type scalar)
    {
        var interfaces = stage.GetInterfaces().Where(i => i.IsGenericType).Select(i => i.GetGenericTypeDefinition()).ToArray();
        if (interfaces.Contains(typeof(IGpuContraction<,>))) yield return typeof(GpuGemm<,,>).MakeGenericType(stage, element, scalar);
        if (interfaces.Contains(typeof(IGpuStage<>))) yield return stage;
        if (interfaces.Contains(typeof(IGpuRowBlock<,>)))
        {
            var shared = element == typeof(float) ? typeof(SharedFloats<>) : typeof(SharedDoubles<>);
            foreach (var memory in new[] { shared, typeof(GlobalSlices<>) })
                yield return typeof(GpuRowBlock<,,,>).MakeGenericType(stage, element, scalar, memory.MakeGenericType(element));
            yield return typeof(GpuNoRows<,,>).MakeGenericType(stage, element, scalar);
        }
        if (interfaces.Contains(typeof(IGpuSplit<,>))) yield return typeof(GpuFinish<,>).MakeGenericType(stage, element);
    }
}
