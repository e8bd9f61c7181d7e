using MageDsl;
using Xunit;

namespace Dsl.Tests.Kernels;

/// <summary>The costs that compiled kernels say they have, against counts by hand.</summary>
public class KernelCostTests
{
    private static readonly Dictionary<string, int> Sizes = new()
    {
        ["..."] = 100, ["b"] = 3, ["t"] = 50, ["u"] = 50, ["d"] = 96, ["o"] = 40, ["h"] = 4, ["e"] = 24,
    };

    private static KernelInfo Find(string name) => KernelRegistry.All().Single(kernel => kernel.Name == name);

    [Fact]
    public void Layer_norm()
    {
        var (n, d) = (100, 96);
        var variant = Assert.Single(Find("Normalization.LayerNorm").Variants);
        var forward = Assert.Single(variant.Forward.Stages);
        Assert.Equal("row", forward.Template);
        Assert.Equal((4 * n * d) + (8 * d), forward.BytesRead.At(Sizes));
        // The result and two numbers a row.
        Assert.Equal((4 * n * d) + (8 * n), forward.BytesWritten.At(Sizes));
        // An element: summed, centred, squared, summed, scaled, weighted, shifted. A row: two means, eps, root and inverse.
        Assert.Equal((7 * n * d) + (5 * n), forward.Operations.At(Sizes));
        Assert.Equal(["saved0", "saved1"], variant.Saved.Select(s => s.Name));
        Assert.All(variant.Saved, s => Assert.Equal(4 * n, s.Bytes.At(Sizes)));
        Assert.Equal((4 * n * d) + (8 * n), variant.Forward.PeakBytes(Sizes));
        Assert.Equal(4 * n * d, variant.Inference.PeakBytes(Sizes));

        var backward = Assert.Single(variant.Backward!.Stages);
        // Argument, gradient, weight and the two numbers; three gradients.
        Assert.Equal((8 * n * d) + (4 * d) + (8 * n), backward.BytesRead.At(Sizes));
        Assert.Equal((4 * n * d) + (8 * d), backward.BytesWritten.At(Sizes));
    }

    [Fact]
    public void Product_with_a_bias()
    {
        var (n, d, o) = (100, 96, 40);
        var variant = Assert.Single(Find("Projections.Linear").Variants);
        var stage = Assert.Single(variant.Inference.Stages);
        Assert.Equal(4 * ((n * d) + (o * d) + o), stage.BytesRead.At(Sizes));
        Assert.Equal(4 * n * o, stage.BytesWritten.At(Sizes));
        Assert.Equal((2 * n * d * o) + (n * o), stage.Operations.At(Sizes));
        // Two products of the same size, and the bias's sum over the rows.
        Assert.Equal((4 * n * d * o) + (n * o), variant.Backward!.Operations(Sizes));
        Assert.Empty(variant.Saved);
    }

    [Fact]
    public void Gelu()
    {
        var variant = Assert.Single(Find("Activations.Gelu").Variants);
        var stage = Assert.Single(variant.Inference.Stages);
        Assert.Equal(("pointwise", 400, 400), (stage.Template, stage.BytesRead.At(Sizes), stage.BytesWritten.At(Sizes)));
        // Two products, the error function, a sum, a product, the gate.
        Assert.Equal(100 * (2 + 27 + 1 + 1 + 1), stage.Operations.At(Sizes));
        Assert.Equal(800, Assert.Single(variant.Backward!.Stages).BytesRead.At(Sizes));
    }

    [Fact]
    public void Attention()
    {
        var (b, t, d, h, e) = (3L, 50L, 96L, 4L, 24L);
        var kernel = Find("Attention.SelfAttention");
        Assert.Equal([[], ["training"]], kernel.Variants.Select(v => v.Flags));
        var inference = kernel.Variants[0].Inference;
        // Queries, keys, values and the projection; the scores and what they weigh. The rest is a few operations a value, dropout and softmax.
        var products = (8 * b * t * d * h * e) + (4 * b * h * t * t * e);
        var elementwise = 100 * ((b * h * t * t) + (4 * b * t * h * e) + (b * t * d));
        Assert.InRange(inference.Operations(Sizes), products, products + elementwise);
        // At least arguments and the result, and queries, keys and values there and back.
        var least = 4 * ((2 * b * t * d) + (4 * d * h * e) + (6 * b * t * h * e));
        Assert.InRange(inference.Bytes(Sizes), least, 3 * least);
        // The scores are nowhere.
        Assert.InRange(inference.PeakBytes(Sizes), 4 * ((b * t * d) + (3 * b * t * h * e)), 4 * ((3 * b * t * d) + (4 * b * t * h * e)));
        Assert.DoesNotContain(
            "h*t*t", string.Join(" ", inference.Stages.Select(stage => $"{stage.BytesRead} {stage.BytesWritten} {stage.BytesLive}")));
    }

    [Fact]
    public void Sizes_of_windows_and_slices_follow()
    {
        var kernel = KernelRegistry.All().First(k => k.Rules.Any(rule => rule.By.Length > 0));
        var rule = kernel.Rules.First(r => r.By.Length > 0);
        var given = kernel.Parameters.Where(p => p.IsTensor).SelectMany(p => TensorLayout.Parse(p.Layout).Axes).Where(a => a.Fixed == 0)
            .Select(a => a.Name).Distinct().Except(kernel.Rules.Select(r => r.Axis)).ToDictionary(name => name, _ => 16);
        var sizes = kernel.Sizes(given);
        Assert.Equal(((sizes[rule.From] + rule.Offset - sizes[rule.By]) / rule.Stride) + 1, sizes[rule.Axis]);
    }

    [Theory]
    [InlineData(5, 2)]
    [InlineData(4, 1)]
    [InlineData(3, 1)]
    [InlineData(2, 0)]
    public void An_axis_that_is_too_short_has_no_window(int size, int windows) =>
        Assert.Equal(windows, new KernelSizeRule("y", "h", "i", 0, 2).Size(new Dictionary<string, int> { ["h"] = size, ["i"] = 3 }));

    [Fact]
    public void Every_formula_of_every_kernel_is_over_its_axes()
    {
        foreach (var kernel in KernelRegistry.All().Where(k => k.Variants.Count > 0))
        {
            var axes = kernel.Parameters.Where(p => p.IsTensor).Select(p => p.Layout).Concat(kernel.Results)
                .SelectMany(layout => TensorLayout.Parse(layout).Axes).Select(axis => axis.Name)
                .Concat(kernel.Parameters.Where(p => p.Kind == KernelParameterKind.Size).Select(p => p.Layout)).ToHashSet();
            var sizes = kernel.Sizes(axes.ToDictionary(axis => axis, _ => 6));
            foreach (var program in kernel.Variants.SelectMany(v => new[] { v.Inference, v.Forward, v.Backward }).OfType<KernelProgram>())
            {
                Assert.True(program.Bytes(sizes) > 0, kernel.Name);
                Assert.True(program.PeakBytes(sizes) > 0, kernel.Name);
                Assert.True(program.Operations(sizes) >= 0, kernel.Name);
            }
        }
    }

    [Fact]
    public void The_ir_of_a_kernel_can_be_read_back_from_it()
    {
        Assert.Contains("kernel LayerNorm of Normalization", Find("Normalization.LayerNorm").Ir);
        Assert.Equal("", Testing.HandMade.Elementwise("Tests.Twice", x => x * 2, x => 2 * x, _ => 2).Ir);
    }
}
