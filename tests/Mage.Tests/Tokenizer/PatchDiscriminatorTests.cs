using Mage.Config;
using Mage.Tokenizer;
using MageDsl;

namespace Mage.Tests.Tokenizer;

public class PatchDiscriminatorTests
{
    [Fact]
    public void KeysAndShapesAreThoseOfTheReference()
    {
        using var discriminator = new PatchDiscriminator(colors: 3, channels: 64, layers: 3, new Initializer(1));
        Assert.Equal(
            [
                "main.0.weight 64 3 4 4", "main.0.bias 64",
                "main.2.weight 128 64 4 4", "main.3.weight 128", "main.3.bias 128", "main.3.running_mean 128", "main.3.running_var 128",
                "main.5.weight 256 128 4 4", "main.6.weight 256", "main.6.bias 256", "main.6.running_mean 256", "main.6.running_var 256",
                "main.8.weight 512 256 4 4", "main.9.weight 512", "main.9.bias 512", "main.9.running_mean 512", "main.9.running_var 512",
                "main.11.weight 1 512 4 4", "main.11.bias 1",
            ],
            discriminator.StateDict().Select(pair => $"{pair.Key} {string.Join(' ', pair.Value.Shape.ToArray())}"));
        Assert.All(
            discriminator.Parameters(),
            parameter => Assert.Equal(!parameter.Name.Contains("running", StringComparison.Ordinal), parameter.RequiresGrad));
        Assert.InRange(discriminator.GetParameter("main.3.weight").Value.ToArray<float>().Average(), 0.98, 1.02);
    }

    [Theory]
    [InlineData(1, 6)]
    [InlineData(1, 16)]
    [InlineData(2, 32)]
    [InlineData(3, 24)]
    [InlineData(3, 64)]
    public void LogitsAreAGridOfPatches(int layers, int side)
    {
        using var scope = new TensorScope();
        using var discriminator = new PatchDiscriminator(colors: 1, channels: 4, layers, new Initializer(1));
        var logits = discriminator.Forward(Tensor.Full(ElementType.Float32, 0.5, 2, 1, side, side), moveStatistics: false);
        var grid = (side >> layers) - 2;
        Assert.Equal([2, 1, grid, grid], logits.Shape.ToArray());
        Assert.True(side >= new DiscriminatorConfig { Layers = layers }.LeastSide);
    }

    [Fact]
    public void StatisticsMoveOnlyWhenAsked()
    {
        using var scope = new TensorScope();
        using var discriminator = new PatchDiscriminator(colors: 1, channels: 4, layers: 1, new Initializer(1));
        var images = Tensor.From([.. Enumerable.Range(0, 512).Select(i => (float)new Seed(1).Uniform(i))], 2, 1, 16, 16);
        var (mean, variance) = (discriminator.GetParameter("main.3.running_mean"), discriminator.GetParameter("main.3.running_var"));
        discriminator.Forward(images, moveStatistics: false);
        Assert.All(mean.Value.ToArray<float>(), value => Assert.Equal(0, value));
        Assert.All(variance.Value.ToArray<float>(), value => Assert.Equal(1, value));
        for (var i = 0; i < 200; i++)
        {
            discriminator.Forward(images, moveStatistics: true);
        }

        var first = discriminator.StateDict();
        var inner = DiscriminatorKernels.Conv4x4(
            DiscriminatorKernels.HalvingConv4x4LeakyRelu(images, first["main.0.weight"], first["main.0.bias"]), first["main.2.weight"]);
        var (values, pixels) = (inner.ToArray<float>(), inner.Shape[2] * inner.Shape[3]);
        var channel = values.Where((_, i) => i / pixels % 8 == 3).ToArray();
        Assert.Equal(channel.Average(), mean.Value.ToArray<float>()[3], 1e-5);
        Assert.Equal(
            channel.Sum(value => Math.Pow(value - channel.Average(), 2)) / (channel.Length - 1), variance.Value.ToArray<float>()[3], 1e-5);
    }
}
