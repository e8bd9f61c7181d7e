using System.Reflection;
using Mage.Config;
using Mage.Perceptual;
using MageDsl;
using Microsoft.ML.OnnxRuntime;

namespace Mage.Tests.Perceptual;

/// <summary>The features of a real ResNet-18, read from its ONNX file, against those that OnnxRuntime computes.</summary>
public class ResNetTests(ITestOutputHelper output)
{
    private const int Side = 224;

    internal static readonly string File = typeof(ResNetTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "ResNetFile").Value!;

    [Fact]
    public void The_last_features_are_those_of_OnnxRuntime()
    {
        var image = Image(seed: 1, channels: 3);
        using var scope = new TensorScope();
        using var network = FeatureNetwork.Load(new PerceptualConfig { File = File })!;
        var features = network.Features(Tensor.From(image, 1, 3, Side, Side));
        Assert.Equal(
            [[1, 64, 112, 112], [1, 64, 56, 56], [1, 128, 28, 28], [1, 256, 14, 14], [1, 512, 7, 7]],
            features.Select(layer => layer.Shape.ToArray()));

        // The graph ends with the mean over the last seven by seven pixels.
        var last = features[^1].ToArray<float>();
        float[] means = [.. Enumerable.Range(0, 512).Select(c => last.AsSpan(c * 49, 49).ToArray().Average())];
        var expected = Reference(image);
        var worst = means.Zip(expected, (found, right) => Math.Abs(found - right)).Max();
        output.WriteLine($"largest {expected.Max():g3}, worst difference {worst:g3}");
        Assert.True(worst < 1e-5 * expected.Max(), $"the features differ by {worst} where the largest is {expected.Max()}");
    }

    [Fact]
    public void Grey_images_are_repeated_for_all_colors()
    {
        using var scope = new TensorScope();
        using var network = FeatureNetwork.Load(new PerceptualConfig { File = File })!;
        var grey = Image(seed: 2, channels: 1);
        var one = network.Features(Tensor.From(grey, 1, 1, Side, Side));
        var three = network.Features(Tensor.From([.. grey, .. grey, .. grey], 1, 3, Side, Side));
        Assert.All(one.Zip(three), layer => Assert.Equal(layer.First.ToArray<float>(), layer.Second.ToArray<float>()));
    }

    [Fact]
    public void The_distance_grows_with_what_is_changed_and_pulls_the_other_way()
    {
        const int Small = 32;
        using var scope = new TensorScope();
        using var network = FeatureNetwork.Load(new PerceptualConfig { File = File })!;
        float[] image = [.. Image(seed: 3, channels: 1).Take(Small * Small)];
        Tensor Noisy(double strength) => Tensor.From(
            [.. image.Select((value, i) => (float)(value + (strength * (new Seed(4).Uniform(i) - 0.5))))], 1, 1, Small, Small);
        var (same, little, much) = (Noisy(0), Noisy(0.1), Noisy(0.5));
        Assert.Equal(0, network.Distance(same, same).Item());
        var (near, far) = (network.Distance(same, little).Item(), network.Distance(same, much).Item());
        Assert.True(0 < near && near < far, $"{near} and {far}");

        using var tape = new GradientTape();
        tape.Watch(much);
        tape.Backward(network.Distance(same, much));
        var gradient = tape.Gradient(much)!.ToArray<float>();
        var step = 1e-2f / MathF.Sqrt(gradient.Sum(value => value * value));
        var moved = Tensor.From([.. much.ToArray<float>().Zip(gradient, (value, slope) => value - (step * slope))], 1, 1, Small, Small);
        Assert.True(network.Distance(same, moved).Item() < far);
    }

    private static float[] Image(int seed, int channels)
        => [.. Enumerable.Range(0, channels * Side * Side).Select(
            i => (float)(0.5 + (0.4 * Math.Sin(i % Side / 9.0)) + (0.1 * new Seed(seed).Uniform(i))))];

    /// <summary>What OnnxRuntime makes of an image of red, green and blue in [0, 1]: the file wants blue first, to 255, less the mean.</summary>
    private static float[] Reference(float[] image)
    {
        float[] mean = [103.939f, 116.779f, 123.68f];
        var input = new float[image.Length];
        for (var i = 0; i < image.Length; i++)
        {
            var (color, pixel) = (i / (Side * Side), i % (Side * Side));
            input[((2 - color) * Side * Side) + pixel] = (image[i] * 255) - mean[2 - color];
        }

        using var session = new InferenceSession(File);
        using var value = OrtValue.CreateTensorValueFromMemory(input, [1, 3, Side, Side]);
        using var options = new RunOptions();
        using var results = session.Run(options, session.InputNames, [value], session.OutputNames);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
