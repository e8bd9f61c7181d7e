using System.IO.Compression;
using System.Runtime.InteropServices;
using Mage.Config;
using Mage.Tokenizer;
using Mage.Training;
using MageDsl;
using MageDsl.Layers;
using static Mage.Tokenizer.AdversarialKernels;

namespace Mage.Tests.Golden;

/// <summary>
/// The discriminator and the tokenizer's whole loss against the official ones. The reference is too large for the repository; where it is not beside
/// it, these tests skip, and <see cref="DiscriminatorLossTests"/> has what is left.
/// </summary>
public class AdversarialTests(ITestOutputHelper output)
{
    // Ten times what the official code in float32 differs by from itself in float64, as everywhere.
    private const double GradientTolerance = 7e-6;

    [Fact]
    public void Logits_gradients_and_running_statistics_of_the_discriminator_match()
    {
        var recorded = Recorded();
        using var scope = new TensorScope();
        using var discriminator = Discriminator();
        using var tape = new GradientTape();
        var real = discriminator.Forward(Input(recorded, "images"), moveStatistics: true);
        var fake = discriminator.Forward(Input(recorded, "reconstruction"), moveStatistics: true);
        var worst = Math.Max(Close.Check(recorded, "disc.logits_real", real, 5e-5), Close.Check(recorded, "disc.logits_fake", fake, 5e-5));
        var loss = HingeLoss(real, fake);
        Assert.Equal(recorded.Number("disc.hinge_d_loss"), loss.Item(), 5e-6);
        tape.Backward(loss);

        var (compared, gradients) = (0, 0.0);
        foreach (var parameter in discriminator.Parameters())
        {
            if (parameter.RequiresGrad)
            {
                var gradient = parameter.Gradient!.ToArray<float>();
                var norm = recorded.Number($"disc.grad_l2.{parameter.Name}");
                Assert.Equal(norm, Math.Sqrt(gradient.Sum(value => (double)value * value)), 1e-5 * (1 + norm));
                foreach (var name in (string[])[$"disc.grad.{parameter.Name}", $"disc.grad.{parameter.Name}[:8]"])
                {
                    if (recorded.Has(name))
                    {
                        var expected = recorded.Floats(name);
                        gradients = Math.Max(gradients, Close.Check(name, expected, gradient.AsSpan(0, expected.Length), GradientTolerance));
                        compared++;
                    }
                }
            }
            else
            {
                Close.Check(recorded, $"disc.after.{parameter.Name}", parameter.Value, 1e-6);
            }
        }

        Assert.Equal(9, compared);
        output.WriteLine($"logits {worst:g3}, gradients {gradients:g3}");
    }

    [Fact]
    public void The_whole_loss_its_adaptive_weight_and_its_gradients_match()
    {
        var recorded = Recorded();
        using var scope = new TensorScope();
        using var model = GoldenModels.Tokenizer();
        var run = new RunConfig { Data = new DataConfig { ImageSize = 64, Channels = 3 } };
        run.Tokenizer.L2Weight = 0;
        run.Tokenizer.Discriminator = new DiscriminatorConfig { Enabled = true, Start = 0, Channels = 32 };
        using var adversary = TokenizerAdversary.Create(run, new Seed(1))!;
        Read(adversary.Discriminator);
        using var tape = new GradientTape();
        var images = Input(recorded, "images");
        var z = model.Encode(images);
        tape.Watch(z);
        var (quantized, codebookLoss) = model.Quantize(z, model.Nearest(z));
        var (hidden, reconstruction) = model.DecodeInParts(quantized);
        var loss = new TokenizerObjective(run.Tokenizer, null, adversary).Measure(images, hidden, Judged(recorded, reconstruction), judged: true);
        Assert.Equal(recorded.Number("gen.g_loss"), loss.Generator!.Value, 5e-6);
        Assert.Equal(recorded.Number("gen.d_weight_x1.0"), loss.AdaptiveWeight!.Value, 1e-5);
        Assert.Equal(recorded.Number("gen.d_weight_x0.8"), 0.8 * loss.AdaptiveWeight!.Value, 1e-5);
        Assert.Equal(recorded.Number("gen.total_loss_w0.8"), loss.Loss + codebookLoss.ItemAsDouble(), 1e-5);
        tape.Backward(Losses.Total(InnerProduct(reconstruction, loss.Gradient), codebookLoss));

        var worst = Close.Check(recorded, "gen.grad.h", tape.Gradient(z)!, GradientTolerance);
        var parameters = model.Parameters().ToDictionary(parameter => parameter.Name);
        var compared = 0;
        foreach (var name in recorded.Names.Where(name => name.StartsWith("gen.grad.", StringComparison.Ordinal)))
        {
            if (parameters.TryGetValue(name["gen.grad.".Length..], out var parameter))
            {
                worst = Math.Max(worst, Close.Check(recorded, name, parameter.Gradient!, GradientTolerance));
                compared++;
            }
        }

        Assert.Equal(18, compared);
        Assert.All(adversary.Discriminator.Parameters(), parameter => Assert.Null(parameter.Gradient));
        output.WriteLine($"adaptive weight {loss.AdaptiveWeight:g6}, gradients {worst:g3}");
    }

    [Fact]
    public void The_gradients_at_the_last_layer_match()
    {
        var recorded = Recorded();
        using var scope = new TensorScope();
        using var model = GoldenModels.Tokenizer();
        using var discriminator = Discriminator();
        var images = Input(recorded, "images");
        var z = model.Encode(images);
        var (hidden, reconstruction) = model.DecodeInParts(model.Quantize(z, model.Nearest(z)).Quantized);
        reconstruction = Judged(recorded, reconstruction);
        Check("gen.nll_last_layer_grad", () => Losses.MeanAbsoluteError(images, reconstruction));
        Check("gen.g_last_layer_grad", () => GeneratorLoss(discriminator.Forward(reconstruction, moveStatistics: false)));

        void Check(string name, Func<Tensor> loss)
        {
            using var tape = new GradientTape();
            tape.Watch(reconstruction);
            tape.Backward(loss());
            Close.Check(recorded, name, FilterGradient3x3(hidden, tape.Gradient(reconstruction)!), GradientTolerance);
        }
    }

    /// <summary>
    /// The recorded reconstruction in place of one that is as good as equal: leaky ReLU has a kink, and where rounding takes one of 90000
    /// activations to its other side, gradients differ by far more than rounding.
    /// </summary>
    private static Tensor Judged(GoldenFile recorded, Tensor reconstruction)
    {
        Close.Check(recorded, "reconstruction", reconstruction, 7e-5);
        return Input(recorded, "reconstruction");
    }

    private static GoldenFile Recorded() => GoldenFile.OpenPath(SharedFolder.Find("g_vqtrain_ref.safetensors"));

    private static Tensor Input(GoldenFile file, string name) => Tensor.From(file.Floats(name), file.Shape(name));

    private static PatchDiscriminator Discriminator()
    {
        var discriminator = new PatchDiscriminator(colors: 3, channels: 32, layers: 3, new Initializer(1));
        Read(discriminator);
        return discriminator;
    }

    /// <summary>
    /// Reads the weights by lines of its own, so that a mistake in the product's reader cannot hide here: a .pth file is a zip, and keeps the values
    /// of each tensor by its number; after each running variance comes the number of batches, which the model does without.
    /// </summary>
    private static void Read(PatchDiscriminator discriminator)
    {
        using var zip = ZipFile.OpenRead(SharedFolder.Find("g_disc_tiny.pth"));
        var number = 0;
        foreach (var parameter in discriminator.Parameters())
        {
            using var stream = zip.Entries.Single(entry => entry.FullName.EndsWith($"/data/{number}", StringComparison.Ordinal)).Open();
            var values = new float[parameter.Value.Count];
            stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
            Assert.Equal(-1, stream.ReadByte());
            parameter.Value.Write<float>(values);
            number += parameter.Name.EndsWith("running_var", StringComparison.Ordinal) ? 2 : 1;
        }
    }
}
