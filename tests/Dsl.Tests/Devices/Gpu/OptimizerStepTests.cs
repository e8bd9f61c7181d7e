using System.Text.RegularExpressions;
using ILGPU;
using ILGPU.Runtime;
using MageDsl.Devices;
using MageDsl.Devices.Gpu;
using MageDsl.Devices.Gpu.Ilgpu;
using Xunit;

namespace MageDsl.Tests.Devices.Gpu;

/// <summary>
/// What a step of an optimizer is on a device: launches that become one where nothing depends on their order, and words beside weights.
/// </summary>
[Collection(nameof(GpuDeviceTests))]
public class OptimizerStepTests
{
    // More of fours in one group than are launched together, others in one group, two that are summed up in two launches on a card, and one alone.
    private static readonly int[] Sizes = [.. Enumerable.Repeat(12, 11), 7, 7, 5, 1, 70_000, 70_000, 5_000];

    public static TheoryData<string> Devices() => new(GpuTests.Names);

    /// <summary>A step of all parameters is, bit for bit, what steps of each by itself are.</summary>
    [Theory]
    [MemberData(nameof(Devices))]
    public void Parameters_are_stepped_together(string name)
    {
        var device = GpuTests.Open(name);
        using var scope = new TensorScope(device);
        Parameter[] together = Draw(), alone = Draw();
        var optimizer = new AdamW(together);
        using (var profile = new LaunchProfile())
        {
            optimizer.Step(0.1);
            optimizer.Step(0.1);
            if (device.Traits.LaunchesTogether)
            {
                var updates = profile.Times.Where(time => time.Kernel == "OptimizerKernels.AdamWUpdate").Sum(time => time.Count);
                Assert.Equal(2 * (2 + 1 + 1 + 1), updates);
            }
        }
        foreach (var parameter in alone)
        {
            var own = new AdamW([parameter]);
            own.Step(0.1);
            own.Step(0.1);
        }
        Assert.All(together.Zip(alone), pair => Assert.Equal(pair.Second.Value.ToArray<float>(), pair.First.Value.ToArray<float>()));
        foreach (var parameter in together.Concat(alone)) parameter.Value.Dispose();
    }

    /// <summary>Sums that leave parts on their way, each in memory of its own until all are launched.</summary>
    [Theory]
    [MemberData(nameof(Devices))]
    public void The_norm_is_that_of_the_numbers(string name)
    {
        var device = GpuTests.Open(name);
        using var scope = new TensorScope(device);
        var parameters = Draw();
        var expected = Math.Sqrt(parameters.Sum(parameter => parameter.Gradient!.ToArray<float>().Sum(x => (double)x * x)));
        var before = device.Pool.InUseBytes;
        Assert.Equal(expected, GradientClipping.Norm(parameters), expected * 1e-6);
        Assert.Equal(before, device.Pool.InUseBytes);
        foreach (var parameter in parameters) parameter.Value.Dispose();
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void What_is_read_meanwhile_is_there(string name)
    {
        var device = GpuTests.Open(name);
        using var scope = new TensorScope(device);
        var sums = new List<float>();
        var parts = new List<Tensor>();
        device.Together(Enumerable.Range(1, 3), number =>
        {
            parts.Add(OptimizerKernels.SumOfSquares(Tensor.Full(ElementType.Float32, number, 10)));
            if (number == 2) sums.AddRange(parts.Select(part => part.ToArray<float>()[0]));
        });
        Assert.Equal([10f, 40], sums);
        Assert.Equal(90, parts[2].ToArray<float>()[0]);
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void An_error_leaves_what_was_asked_for_before_it(string name)
    {
        var device = GpuTests.Open(name);
        using var scope = new TensorScope(device);
        Tensor? sum = null;
        Assert.Throws<InvalidOperationException>(() => device.Together([2, 0], number => sum = number == 0
            ? throw new InvalidOperationException() : OptimizerKernels.SumOfSquares(Tensor.Full(ElementType.Float32, number, 10))));
        Assert.Equal([40f], sum!.ToArray<float>());
        Assert.Equal([10f], OptimizerKernels.SumOfSquares(Tensor.Full(ElementType.Float32, 1, 10)).ToArray<float>());
    }

    /// <summary>Eight times the arguments have to fit into a launch, and what registers are counted for is launched as it is.</summary>
    [Fact]
    public void Large_stages_are_launched_one_by_one()
    {
        Assert.Equal(8, GpuTogether<FillStage<int>>.Most);
        Assert.Equal(1, GpuTogether<GpuTogether<GpuTogether<FillStage<int>>>>.Most);
        Assert.Equal(1, GpuTogether<CountedStage>.Most);
    }

    /// <summary>Once products have asked for them, with the weights: nothing makes them anew.</summary>
    [Theory]
    [InlineData("ilgpu", null)]
    [InlineData("ilgpu", 1.0)]
    [InlineData("cuda", 1.0)]
    public void Words_of_weights_are_written_with_them(string name, double? clip)
    {
        var device = GpuTests.Own(name);
        device.Precision = Precision.BFloat16;
        using var scope = new TensorScope(device);
        var random = new Random(4);
        // One by fours, and one whose number of elements is not a multiple of four.
        Parameter[] weights = [new("a", Draw(random, 6, 8)), new("b", Draw(random, 5, 7))];
        var optimizer = new AdamW(weights);
        Step();
        foreach (var weight in weights) weight.Value.GpuMatrix(device, 0, weight.Value.Shape[1]);
        using (var profile = new LaunchProfile())
        {
            Step();
            foreach (var weight in weights) weight.Value.GpuMatrix(device, 0, weight.Value.Shape[1]);
            Assert.DoesNotContain(profile.Times, time => time.Stage.Contains(nameof(ShortenStage), StringComparison.Ordinal));
        }
        foreach (var weight in weights)
        {
            var words = new ushort[weight.Value.Count];
            weight.Value.GpuWordsBeside<BFloat16>(device).Cast<ushort>().CopyToCPU(words);
            Assert.Equal(weight.Value.ToArray<float>().Select(value => (uint)TensorCores.RoundBFloat16(value, 0)), words.Select(word => (uint)word));
            weight.Value.Dispose();
        }

        void Step()
        {
            foreach (var weight in weights) weight.Gradient = Draw(random, [.. weight.Value.Shape]);
            optimizer.Step(0.1, clip);
        }
    }

    /// <summary>Addresses are known to be of global memory also where one of several launches is chosen.</summary>
    [Fact]
    public void Eight_launches_are_ptx_like_one()
    {
        using var compiler = TextCompiler.ForCuda();
        var way = GpuLaunched.OnCard(Precision.Float32);
        var stages = PtxTests.Stages.Where(stage => stage.DeclaringType!.Name.StartsWith("AdamW", StringComparison.Ordinal)).ToArray();
        Assert.Equal(2, stages.Length);
        foreach (var launched in stages.SelectMany(stage => way.Of(way.Single(stage))))
        {
            var one = compiler.Compile(GpuKernel.Describe(launched)).Text;
            var eight = compiler.Compile(GpuKernel.Describe(typeof(GpuTogether<>).MakeGenericType(launched))).Text;
            Assert.Equal(Accesses(one), Accesses(eight));
            Assert.DoesNotMatch(@"\b(ld|st)\.(v4\.|v2\.)?(f32|f64|b32|s32)", eight);
        }

        static IEnumerable<string> Accesses(string text) => Regex.Matches(text, @"\b(ld|st)\.global\S*").Select(match => match.Value).Order();
    }

    [GroupsAtOnce(2, 8)]
    private struct CountedStage : IGpuStage<CountedStage>
    {
        public static void Run(CountedStage stage)
        {
        }
    }

    private static Parameter[] Draw()
    {
        var random = new Random(3);
        return [.. Sizes.Select((size, index) => new Parameter($"p{index}", Draw(random, size)) { Gradient = Draw(random, size) })];
    }

    private static Tensor Draw(Random random, params int[] shape)
        => Tensor.From([.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(_ => random.NextSingle() - 0.5f)], shape);
}
