using MageDsl;
using MageDsl.Layers;
using Xunit;

namespace Dsl.Tests.Kernels;

/// <summary>Attention, in any form, is a launch that never stores its scores, forward and backward.</summary>
public class RowBlockTests
{
    [Theory]
    [InlineData(nameof(RowBlockKernels.CrossAttention))]
    [InlineData(nameof(RowBlockKernels.HeadsOutside))]
    [InlineData(nameof(RowBlockKernels.Causal))]
    [InlineData(nameof(RowBlockKernels.MaskedWithDropout))]
    [InlineData(nameof(RowBlockKernels.LearnedKeysAndTemperature))]
    [InlineData(nameof(RowBlockKernels.MultiQuery))]
    [InlineData(nameof(RowBlockKernels.TwoReaders))]
    [InlineData(nameof(RowBlockKernels.Rectified))]
    [InlineData(nameof(RowBlockKernels.OverImages))]
    public void Memory_grows_with_the_rows_not_with_the_scores(string name)
    {
        var kernel = KernelCases.Find($"{nameof(RowBlockKernels)}.{name}");
        var variant = kernel.Variants[^1];
        Assert.Contains(variant.Forward.Stages, s => s.Template == "row block");
        Assert.Contains(variant.Backward!.Stages, s => s.Template == "row block");
        var (once, twice) = (Sizes(kernel, 512), Sizes(kernel, 1024));
        Assert.Equal(2, (double)variant.Forward.PeakBytes(twice) / variant.Forward.PeakBytes(once), 0.05);
        Assert.Equal(2, (double)variant.Backward.PeakBytes(twice) / variant.Backward.PeakBytes(once), 0.05);
    }

    /// <summary>The gradient of the bias is as large as the scores of one image, but those of each image are not stored for it.</summary>
    [Theory]
    [InlineData(nameof(RowBlockKernels.LearnedBias))]
    [InlineData(nameof(RowBlockKernels.SharedBias))]
    public void A_bias_that_all_images_share_is_summed_within_the_launch(string name)
    {
        var kernel = KernelCases.Find($"{nameof(RowBlockKernels)}.{name}");
        var backward = kernel.Variants[^1].Backward!;
        Assert.Equal("row block", backward.Stages[0].Template);
        var sizes = new Dictionary<string, int>(Sizes(kernel, 512));
        var once = backward.PeakBytes(sizes);
        sizes["b"] *= 2;
        // Twice the images have twice the gradients of queries, keys and values, and one of the bias.
        Assert.Equal(3L * 512 * 2 * 2 * 2 * sizeof(float), backward.PeakBytes(sizes) - once);
    }

    [Fact]
    public void Scores_that_are_to_be_kept_are_kept()
    {
        var kernel = KernelCases.Find($"{nameof(RowBlockKernels)}.{nameof(RowBlockKernels.ScoresKept)}");
        var forward = kernel.Variants[^1].Forward;
        Assert.InRange((double)forward.PeakBytes(Sizes(kernel, 1024)) / forward.PeakBytes(Sizes(kernel, 512)), 3.5, 4);
    }

    [Fact]
    public void Four_thousand_positions_need_no_sixteen_million_scores()
    {
        const int length = 4096;
        using var scope = new TensorScope();
        var random = new Random(1);
        Tensor Draw(int width) =>
            Tensor.From(Enumerable.Range(0, length * width).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray(), 1, length, width);
        var (q, k, v) = (Draw(8), Draw(8), Draw(8));
        using var tape = new GradientTape();
        foreach (var tensor in new[] { q, k, v }) tape.Watch(tensor);
        var result = RowBlockKernels.CrossAttention(q, k, v, 1);
        tape.Backward(Losses.MeanAbsoluteError(result, v));

        // Against the sums themselves, at a few rows.
        var (queries, keys, values, results) = (q.ToArray<float>(), k.ToArray<float>(), v.ToArray<float>(), result.ToArray<float>());
        foreach (var row in new[] { 0, 1234, length - 1 })
        {
            var scores = Enumerable.Range(0, length)
                .Select(u => Enumerable.Range(0, 8).Sum(e => (double)queries[(row * 8) + e] * keys[(u * 8) + e]) / Math.Sqrt(8)).ToArray();
            var top = scores.Max();
            var weights = scores.Select(s => Math.Exp(s - top)).ToArray();
            for (var f = 0; f < 8; f++)
                Assert.Equal(weights.Select((w, u) => w * values[(u * 8) + f]).Sum() / weights.Sum(), results[(row * 8) + f], 1e-5);
        }
        Assert.All(tape.Gradient(q)!.ToArray<float>(), g => Assert.True(float.IsFinite(g)));
    }

    private static IReadOnlyDictionary<string, int> Sizes(KernelInfo kernel, int length)
    {
        string[] rows = ["t", "y"];
        string[] keys = ["u", "i"];
        return kernel.Sizes(KernelCases.FreeAxes(kernel).ToDictionary(a => a, a => rows.Contains(a) || keys.Contains(a) ? length : 2));
    }
}
