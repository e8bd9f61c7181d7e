using Mage.Tokenizer;
using MageDsl;
using static MageDsl.Layers.Losses;

namespace Mage.Tests.Golden;

/// <summary>The tokenizer against the official one.</summary>
public class VqganTests(ITestOutputHelper output)
{
    private readonly GoldenFile outputs = GoldenFile.Open("vqgan_outputs");
    private readonly VectorQuantizedAutoencoder model = GoldenModels.Tokenizer();

    [Fact]
    public void EncoderMatches()
    {
        using var scope = new TensorScope();
        output.WriteLine($"h {Close.Check(outputs, "h", model.Encode(Input("images")), 3e-5):g3}");
    }

    [Fact]
    public void TokensAreEqual()
    {
        using var scope = new TensorScope();
        Assert.Equal(outputs.Ids("indices"), model.Tokenize(Input("images")).Span<int>().ToArray());
    }

    [Fact]
    public void QuantizedVectorsAndLossMatch()
    {
        using var scope = new TensorScope();
        var z = Input("h");
        var (quantized, loss) = model.Quantize(z, model.Nearest(z));
        output.WriteLine($"z_q {Close.Check(outputs, "z_q", quantized, 1e-6):g3}");
        Assert.Equal(outputs.Number("emb_loss"), loss.Item(), 1e-6 * outputs.Number("emb_loss"));
    }

    [Fact]
    public void CodesAreLookedUp()
    {
        using var scope = new TensorScope();
        var entry = QuantizerKernels.LookUp(model.Codebook, Tensor.From(outputs.Ids("indices"), 2, 4, 4));
        Assert.Equal(0, Close.Check(outputs, "codebook_entry", entry, 0));
    }

    [Fact]
    public void DecoderMatches()
    {
        using var scope = new TensorScope();
        output.WriteLine($"decoded {Close.Check(outputs, "decoded", model.Decode(Input("codebook_entry")), 7e-5):g3}");
    }

    [Fact]
    public void GradientsOfTheTrainingLossMatch()
    {
        var gradients = GoldenFile.Open("vqgan_gradients");
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        var images = Input(gradients, "images");
        var z = model.Encode(images);
        tape.Watch(z);
        var codes = model.Nearest(z);
        Assert.Equal(gradients.Ids("indices"), codes.Span<int>().ToArray());
        var (quantized, codebookLoss) = model.Quantize(z, codes);
        var (absolute, _, _) = ReconstructionLoss(images, model.Decode(quantized));
        Assert.Equal(gradients.Number("rec_l1"), absolute.Item(), 5e-6);
        Assert.Equal(gradients.Number("emb_loss"), codebookLoss.Item(), 5e-6);
        tape.Backward(Total(absolute, codebookLoss));

        var worst = Close.Check(gradients, "recloss.grad.h", tape.Gradient(z)!, 7e-6);
        var parameters = model.Parameters().ToDictionary(parameter => parameter.Name);
        var compared = 0;
        foreach (var name in gradients.Names.Where(name => name.StartsWith("recloss.grad.", StringComparison.Ordinal)))
        {
            if (parameters.TryGetValue(name["recloss.grad.".Length..], out var parameter))
            {
                worst = Math.Max(worst, Close.Check(gradients, name, parameter.Gradient!, 7e-6));
                compared++;
            }
        }

        Assert.Equal(18, compared);
        output.WriteLine($"gradients {worst:g3}");
    }

    [Fact]
    public void CodebookLossAloneMatches()
    {
        var gradients = GoldenFile.Open("vqgan_gradients");
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        var z = Input(gradients, "h");
        tape.Watch(z);
        var (_, loss) = model.Quantize(z, model.Nearest(z));
        Assert.Equal(gradients.Number("legacy.emb_loss"), loss.Item(), 5e-6);
        tape.Backward(loss);
        Close.Check(gradients, "legacy.grad.h", tape.Gradient(z)!, 7e-6);
        Close.Check(gradients, "legacy.grad.codebook", model.Codebook.Gradient!, 7e-6);
    }

    private static Tensor Input(GoldenFile file, string name) => Tensor.From(file.Floats(name), file.Shape(name));

    private Tensor Input(string name) => Input(outputs, name);
}
