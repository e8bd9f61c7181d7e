using MageDsl.Devices.Gpu;
using MageDsl.Devices.Gpu.Ilgpu;
using Xunit;

namespace MageDsl.Tests.Devices.Gpu;

/// <summary>What the library's kernels are on CUDA, without a card: ILGPU writes PTX for each of their stages, in both precisions.</summary>
public class PtxTests
{
    /// <summary>The stages of the library, without their numbers' types.</summary>
    internal static readonly Type[] Stages =
        [.. typeof(Tensor).Assembly.GetTypes().Where(type => type.IsNested && type.IsValueType && IsStage(type))];

    [Fact]
    public void Every_stage_of_the_library_is_ptx()
    {
        using var compiler = TextCompiler.ForCuda();
        Assert.True(Stages.Length > 100, $"{Stages.Length} stages");
        var texts = new Dictionary<string, string>();
        foreach (var stage in Stages)
        {
            foreach (var (element, scalar) in new[] { (typeof(float), typeof(Float32)), (typeof(double), typeof(Float64)) })
            {
                foreach (var launched in GpuKernel.Launched(stage.MakeGenericType(element, scalar)))
                {
                    texts.Add(launched.ToString(), compiler.Compile(GpuKernel.Describe(launched)).Text);
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
            && (i.GetGenericTypeDefinition() == typeof(IGpuStage<>) || i.GetGenericTypeDefinition() == typeof(IGpuContraction<,>)));
}
