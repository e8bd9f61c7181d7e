using Mage.Checkpoints;
using Mage.Config;
using Mage.Perceptual;
using MageDsl;

namespace Mage.Tests.Perceptual;

/// <summary>
/// LPIPS over a VGG-16 with few channels and made-up weights: the file says how many there are. The distance is compared with one by plain loops.
/// </summary>
public class VggTests
{
    private const int Side = 20;

    private static readonly (int Place, int Level)[] Convolutions =
    [
        (0, 0), (2, 0), (5, 1), (7, 1), (10, 2), (12, 2), (14, 2), (17, 3), (19, 3), (21, 3), (24, 4), (26, 4), (28, 4),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void The_distance_is_that_of_LPIPS(int channels)
    {
        using var folder = new TemporaryFolder();
        using var scope = new TensorScope();
        var weights = Weights();
        Write(folder["vgg.safetensors"], weights);
        using var network = FeatureNetwork.Load(new PerceptualConfig { File = folder["vgg.safetensors"] })!;
        float[] one = Image(1, channels), other = Image(2, channels);
        var distance = network.Distance(Tensor.From(one, 1, channels, Side, Side), Tensor.From(other, 1, channels, Side, Side)).Item();
        var expected = Lpips(weights, one, other, channels);
        Assert.True(expected > 1e-3);
        Assert.Equal(expected, distance, 1e-5 * expected);
    }

    [Fact]
    public void The_weights_of_channels_may_be_in_a_file_of_their_own()
    {
        using var folder = new TemporaryFolder();
        using var scope = new TensorScope();
        var weights = Weights();
        Write(folder["both.safetensors"], weights);
        Write(folder["vgg.safetensors"], weights.Where(pair => pair.Key.StartsWith("features", StringComparison.Ordinal)));
        Write(folder["lin.safetensors"], weights.Where(pair => pair.Key.StartsWith("lin", StringComparison.Ordinal)));
        using var both = FeatureNetwork.Load(new PerceptualConfig { File = folder["both.safetensors"] })!;
        using var apart = FeatureNetwork.Load(new PerceptualConfig { File = folder["vgg.safetensors"], LinearFile = folder["lin.safetensors"] })!;
        var (one, other) = (Tensor.From(Image(1, 1), 1, 1, Side, Side), Tensor.From(Image(2, 1), 1, 1, Side, Side));
        Assert.Equal(both.Distance(one, other).Item(), apart.Distance(one, other).Item());
        var error = Assert.Throws<UserErrorException>(() => FeatureNetwork.Load(new PerceptualConfig { File = folder["vgg.safetensors"] }));
        Assert.Contains("lin0.model.1.weight [1, 3, 1, 1]", error.Message);
        Assert.Contains("tokenizer.perceptual.linearFile", error.Message);
    }

    [Theory]
    [InlineData("features.10.weight", null, "should hold features.10.weight [any, 3, 3, 3], as torchvision's vgg16 does; it is missing")]
    [InlineData("features.10.weight", new[] { 3, 2, 3, 3 }, "it is Float32 [3, 2, 3, 3]")]
    [InlineData("features.12.bias", new[] { 4 }, "should hold features.12.bias [3]")]
    [InlineData("lin3.model.1.weight", new[] { 3 }, "should hold lin3.model.1.weight [1, 3, 1, 1]")]
    public void What_does_not_fit_is_named(string key, int[]? shape, string because)
    {
        using var folder = new TemporaryFolder();
        using var scope = new TensorScope();
        var weights = Weights();
        weights.Remove(key);
        if (shape is not null)
        {
            weights[key] = Tensor.Zeros(ElementType.Float32, shape);
        }

        Write(folder["vgg.safetensors"], weights);
        var error = Assert.Throws<UserErrorException>(() => FeatureNetwork.Load(new PerceptualConfig { File = folder["vgg.safetensors"] }));
        Assert.Contains("vgg.safetensors", error.Message);
        Assert.Contains(because, error.Message);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
        => Assert.Contains(
            "/no/such/vgg.safetensors",
            Assert.Throws<UserErrorException>(() => FeatureNetwork.Load(new PerceptualConfig { File = "/no/such/vgg.safetensors" })).Message);

    [Fact]
    public void Without_a_file_there_is_no_network() => Assert.Null(FeatureNetwork.Load(new PerceptualConfig()));

    private static void Write(string path, IEnumerable<KeyValuePair<string, Tensor>> weights) => ModelFile.Write(path, weights);

    /// <summary>Three channels everywhere.</summary>
    private static Dictionary<string, Tensor> Weights()
    {
        var weights = new Dictionary<string, Tensor>();
        foreach (var (place, _) in Convolutions)
        {
            weights[$"features.{place}.weight"] = Random(place, 0.5, 3, 3, 3, 3);
            weights[$"features.{place}.bias"] = Random(100 + place, 0.1, 3);
        }

        for (var level = 0; level < 5; level++)
        {
            weights[$"lin{level}.model.1.weight"] = Tensor.From([.. Random(200 + level, 1, 3).ToArray<float>().Select(Math.Abs)], 1, 3, 1, 1);
        }

        weights["classifier.0.weight"] = Random(300, 1, 2, 2); // torchvision's file has more than what is used
        return weights;
    }

    private static Tensor Random(int seed, double bound, params int[] shape) => Tensor.From(
        [.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(i => (float)(bound * ((2 * new Seed(seed).Uniform(i)) - 1)))], shape);

    private static float[] Image(int seed, int channels)
        => [.. Enumerable.Range(0, channels * Side * Side).Select(i => (float)new Seed(seed).Uniform(i))];

    private static double Lpips(Dictionary<string, Tensor> weights, float[] one, float[] other, int channels)
    {
        var (first, second, sum) = (Features(weights, one, channels), Features(weights, other, channels), 0.0);
        for (var level = 0; level < 5; level++)
        {
            var linear = weights[$"lin{level}.model.1.weight"].ToArray<float>();
            var (a, b) = (first[level], second[level]);
            var (pixels, total) = (a.Length / 3, 0.0);
            for (var p = 0; p < pixels; p++)
            {
                double Norm(double[] x) => Math.Sqrt(Enumerable.Range(0, 3).Sum(c => x[(c * pixels) + p] * x[(c * pixels) + p]));
                var (normA, normB) = (Norm(a), Norm(b));
                for (var c = 0; c < 3; c++)
                {
                    var difference = (a[(c * pixels) + p] / (normA + 1e-10)) - (b[(c * pixels) + p] / (normB + 1e-10));
                    total += linear[c] * difference * difference;
                }
            }

            sum += total / pixels;
        }

        return sum;
    }

    private static List<double[]> Features(Dictionary<string, Tensor> weights, float[] image, int channels)
    {
        double[] shift = [-0.030, -0.088, -0.188], scale = [0.458, 0.448, 0.450];
        double[] x = [.. Enumerable.Range(0, 3 * Side * Side).Select(
            i => ((2.0 * image[channels == 1 ? i % (Side * Side) : i]) - 1 - shift[i / (Side * Side)]) / scale[i / (Side * Side)])];
        var (side, features) = (Side, new List<double[]>());
        foreach (var (place, level) in Convolutions)
        {
            if (level > features.Count)
            {
                features.Add(x);
                x = Pool(x, ref side);
            }

            x = Convolve(x, side, weights[$"features.{place}.weight"].ToArray<float>(), weights[$"features.{place}.bias"].ToArray<float>());
        }

        return [.. features, x];
    }

    private static double[] Pool(double[] x, ref int side)
    {
        var (from, to) = (side, side / 2);
        side = to;
        return [.. Enumerable.Range(0, 3 * to * to).Select(i =>
        {
            var (c, row, column) = (i / (to * to), i / to % to * 2, i % to * 2);
            return Enumerable.Range(0, 4).Max(k => x[(c * from * from) + ((row + (k / 2)) * from) + column + (k % 2)]);
        })];
    }

    private static double[] Convolve(double[] x, int side, float[] weight, float[] bias)
        => [.. Enumerable.Range(0, 3 * side * side).Select(index =>
        {
            var (o, row, column) = (index / (side * side), index / side % side, index % side);
            double sum = bias[o];
            for (var k = 0; k < 27; k++)
            {
                var (c, y, z) = (k / 9, row + (k / 3 % 3) - 1, column + (k % 3) - 1);
                if (y >= 0 && y < side && z >= 0 && z < side)
                {
                    sum += weight[(o * 27) + k] * x[(c * side * side) + (y * side) + z];
                }
            }

            return Math.Max(0, sum);
        })];
}
