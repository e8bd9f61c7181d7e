using Mage.Tokenizer;
using MageDsl;
using static Mage.Tokenizer.AdversarialKernels;

namespace Mage.Tests.Golden;

/// <summary>The losses of adversarial training against those of the official code, from recorded logits and gradients.</summary>
public class DiscriminatorLossTests
{
    private readonly GoldenFile recorded = GoldenFile.Open("vqgan_training");

    [Theory]
    [InlineData("disc.hinge_d_loss")]
    [InlineData("disc.vanilla_d_loss")]
    public void Losses_of_the_discriminator_match(string name)
    {
        using var scope = new TensorScope();
        var (real, fake) = (Input("disc.logits_real"), Input("disc.logits_fake"));
        var loss = name.Contains("hinge", StringComparison.Ordinal) ? HingeLoss(real, fake) : VanillaLoss(real, fake);
        Assert.Equal(recorded.Number(name), loss.Item(), 1e-6);
    }

    [Fact]
    public void The_loss_of_the_generator_matches()
    {
        using var scope = new TensorScope();
        Assert.Equal(recorded.Number("gen.g_loss"), GeneratorLoss(Input("disc.logits_fake")).Item(), 1e-6);
    }

    [Fact]
    public void The_other_placement_of_the_codebook_weights_matches()
    {
        var gradients = GoldenFile.Open("vqgan_gradients");
        using var scope = new TensorScope();
        using var model = GoldenModels.Tokenizer();
        using var tape = new GradientTape();
        var z = Tensor.From(gradients.Floats("h"), gradients.Shape("h"));
        tape.Watch(z);
        var (_, loss) = QuantizerKernels.Quantize(z, model.Codebook, model.Nearest(z), commitment: 0.25f, beta: 1);
        Assert.Equal(recorded.Number("nonlegacy.emb_loss"), loss.Item(), 5e-6);
        tape.Backward(loss);
        Close.Check(recorded, "nonlegacy.grad.h", tape.Gradient(z)!, 7e-6);
        Close.Check(recorded, "nonlegacy.grad.codebook", model.Codebook.Gradient!, 7e-6);
    }

    private Tensor Input(string name) => Tensor.From(recorded.Floats(name), recorded.Shape(name));
}
