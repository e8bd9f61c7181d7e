using MageDsl.Devices;
using MageDsl.Devices.Gpu;
using MageDsl.Devices.Gpu.Ilgpu;
using Xunit;

namespace MageDsl.Tests.Devices.Gpu;

/// <summary>What the library's kernels are on CUDA, without a card: ILGPU writes PTX for each of their stages, in both precisions.</summary>
public class PtxTests
{
    private static readonly Type[] StageInterfaces =
    [
        typeof(IGpuStage<>), typeof(IGpuElements<,>), typeof(IGpuRows<,>), typeof(IGpuScatter<,>), typeof(IGpuContraction<,>),
        typeof(IGpuRowBlock<,>),
    ];

    // As a card takes them, on its tensor cores, and as devices with small groups do.
    private static readonly GpuLaunched[] Ways =
    [
        GpuLaunched.OnCard(Precision.Float32), GpuLaunched.OnCard(Precision.Tf32), GpuLaunched.OnCard(Precision.BFloat16),
        new(CudaKind.Card with { SplitsFloats = true }, Precision.Float32),
        new(new(GroupSize: 64, BusyGroups: 8, "with small groups") { TakesQuads = false, KeepsRows = false }, Precision.Float32),
    ];

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
            // Doubles are one text more of what floats are in all ways.
            var all = Ways.SelectMany(way => way.Of(way.Single(stage))).Concat(Ways[0].Of(GpuLaunched.Double(stage)));
            foreach (var launched in all.Where(launched => !texts.ContainsKey(launched.ToString())))
                texts.Add(launched.ToString(), compiler.Compile(GpuKernel.Describe(launched)).Text);
        }

        Assert.All(texts, text => Assert.Contains(".visible .entry", text.Value));
        // Four floats are one access, or four halves of them; and warps meet without memory.
        var fours = texts.Where(t => t.Key.Contains(typeof(Quads<float, Float32>).ToString()) || t.Key.Contains(typeof(FourAtOnce).ToString()))
            .ToArray();
        Assert.True(fours.Length > 100, $"{fours.Length} stages by fours");
        Assert.All(fours.Where(t => !t.Key.Contains("System.Double")), text => Assert.Matches(@"\b(ld|st)\.global\.v(4\.f32|2\.b32)", text.Value));
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
}
