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
    private static readonly Type[] StageInterfaces = [typeof(IGpuStage<>), typeof(IGpuElements<,>), typeof(IGpuRows<,>), typeof(IGpuContraction<,>), typeof(IGpuRowBlock<,>)];

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
        // Four floats are one access, in all stages but those whose last axis is strided, bounded or looked up; and warps meet without memory.
        var quads = texts.Where(t => t.Key.Contains(typeof(Quads<float, Float32>).ToString())).ToArray();
        var single = quads.Where(t => !t.Value.Contains("st.global.v4.f32")).Select(t => t.Key).ToArray();
        Assert.True(4 * single.Length < quads.Length, $"{quads.Length} stages by fours, without a store of four:\n{string.Join("\n", single)}");
        var warps = texts.Where(t => t.Key.Contains(typeof(GpuWarpTeam<,>).Name) && !t.Value.Contains(".shared")).ToArray();
        Assert.NotEmpty(warps);
        Assert.All(warps, text => Assert.Contains("shfl.sync.bfly", text.Value));
        Assert.All(warps, text => Assert.DoesNotContain("bar.sync", text.Value));
        // Where views are of global memory, as O2 finds out, no address is generic.
        Assert.All(texts, text => Assert.DoesNotMatch(@"\bld\.(f32|f64|b32|s32)", text.Value));
        // What is in float32 takes no detour by double, which most cards have little of; Pow does.
        Assert.All(
            texts.Where(t => t.Key.Contains("System.Single") && !t.Key.Contains("Optimizer")),
            text => Assert.DoesNotContain("fma.rn.f64", text.Value));
    }

    private static bool IsStage(Type type) =>
        type.GetInterfaces().Any(i => i.IsGenericType && StageInterfaces.Contains(i.GetGenericTypeDefinition()));

    /// <summary>
    /// What is launched for a stage: itself, by one element and by four, and with any team; the product that it gives the elements of; and what
    /// finishes one that was split; and groups that take parts through some rows, for scratch in either memory.
    /// </summary>
    private static IEnumerable<Type> Launched(Type stage, Type element, Type scalar)
    {
        Type[] one = [element, typeof(bool), scalar];
        var four = Quads(element, scalar);
        var interfaces = stage.GetInterfaces().Where(i => i.IsGenericType).Select(i => i.GetGenericTypeDefinition()).ToArray();
        if (interfaces.Contains(typeof(IGpuContraction<,>)))
        {
            Type Operand(Type side, Type along, Type width) => side.MakeGenericType(stage, element, scalar, along, width);
            var (left, right) = (Operand(typeof(LeftOperand<,,,,>), typeof(AlongK), typeof(FourAtOnce)), Operand(typeof(RightOperand<,,,,>), typeof(AlongOwn), typeof(FourAtOnce)));
            if (element == typeof(double)) yield return typeof(SmallTile<,,,,>).MakeGenericType(stage, element, scalar, left, right);
            else yield return typeof(LargeTile<,,,,,,,>).MakeGenericType([stage, element, scalar, left, right, .. four]);
            if (element == typeof(float)) yield return typeof(TensorTile<,,,,,,,,>).MakeGenericType([stage, element, scalar, typeof(Tf32Word), left, right, .. four]);
        }
        if (interfaces.Contains(typeof(IGpuStage<>))) yield return stage;
        if (interfaces.Contains(typeof(IGpuElements<,>)))
        {
            yield return typeof(GpuEach<,,,,>).MakeGenericType([stage, element, .. one]);
            yield return typeof(GpuEach<,,,,>).MakeGenericType([stage, element, .. four]);
        }
        if (interfaces.Contains(typeof(IGpuRows<,>)))
        {
            var (warp, group) = (typeof(GpuWarpTeam<,>).MakeGenericType(element, scalar), typeof(GpuGroupTeam<,>).MakeGenericType(element, scalar));
            yield return typeof(GpuRows<,,,,,>).MakeGenericType([stage, element, .. one, group]);
            yield return typeof(GpuRows<,,,,,>).MakeGenericType([stage, element, .. four, warp]);
        }
        if (interfaces.Contains(typeof(IGpuRowBlock<,>)))
        {
            var shared = element == typeof(float) ? typeof(SharedFloats<>) : typeof(SharedDoubles<>);
            foreach (var memory in new[] { shared, typeof(GlobalSlices<>) })
                yield return typeof(GpuRowBlock<,,,,>).MakeGenericType(
                    stage, element, scalar, memory.MakeGenericType(element), typeof(GpuWarpTeam<,>).MakeGenericType(element, scalar));
            yield return typeof(GpuNoRows<,,>).MakeGenericType(stage, element, scalar);
        }
        if (interfaces.Contains(typeof(IGpuSplit<,>))) yield return typeof(GpuFinish<,>).MakeGenericType(stage, element);
    }

    private static Type[] Quads(Type element, Type scalar) =>
        [typeof(Quad<>).MakeGenericType(element), typeof(Quad<bool>), typeof(Quads<,>).MakeGenericType(element, scalar)];
}
