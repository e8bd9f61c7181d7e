using Mage.Config;
using Mage.Model;
using Mage.Sampling;
using Mage.Tests.Training;
using Mage.Tokenizer;
using MageDsl;
using MageDsl.Devices;

namespace Mage.Tests.Model;

/// <summary>What those meet who use the models from code.</summary>
[Collection(AloneCollection.Name)]
public class ModelFaceTests
{
    private static readonly RunConfig Run = Presets.Get("tiny");

    private static MaskedGenerativeEncoder Model(Initializer? initial = null) => MaskedGenerativeEncoder.Create(Run, initial ?? new Initializer(1));

    private static VectorQuantizedAutoencoder Tokenizer() => new(Run.Tokenizer, Run.Data.Channels, new Initializer(1));

    private static int[] Codes(int images) => [.. Enumerable.Range(0, images * Run.Tokens).Select(i => i * 7 % Run.Tokenizer.CodebookSize)];

    private static TokenBatch Half(MaskedGenerativeEncoder model, int images)
        => TokenBatch.Masked(
            Codes(images), MaskPlan.Draw(images, model.Tokens, new TruncatedNormal(0.5, 0.1, 0.5, 0.6), new Seed(1)), model.Vocabulary);

    [Fact]
    public void One_pass_gives_all_that_several_give()
    {
        using var scope = new TensorScope();
        using var model = Model();
        var (tokens, codes) = (Half(model, 2), Tensor.From(Codes(2), 2, model.Tokens));
        var output = model.Forward(tokens, codes);
        var (loss, accuracy) = model.Loss(tokens, codes);
        Assert.Equal(model.Encode(tokens).ToArray<float>(), output.Latent.ToArray<float>());
        Assert.Equal(model.Logits(tokens).ToArray<float>(), output.Logits.ToArray<float>());
        Assert.Equal(loss.Item(), output.Loss.Item(), 1e-5);
        Assert.Equal(accuracy.Item(), output.Accuracy.Item(), 1e-6);
    }

    [Fact]
    public void One_pass_trains_as_the_loss_does()
    {
        using var scope = new TensorScope();
        using var model = Model();
        var (tokens, codes) = (Half(model, 2), Tensor.From(Codes(2), 2, model.Tokens));
        float[] Gradient(Func<Tensor> loss)
        {
            model.ClearGradients();
            using var tape = new GradientTape();
            tape.Backward(loss());
            return model.GetParameter("blocks.0.attn.qkv.weight").Gradient!.ToArray<float>();
        }

        var (expected, found) = (Gradient(() => model.Loss(tokens, codes).Loss), Gradient(() => model.Forward(tokens, codes).Loss));
        var largest = expected.Max(MathF.Abs);
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-5f * largest));
    }

    [Fact]
    public void A_model_to_be_loaded_has_all_parameters_and_no_drawn_weights()
    {
        using var drawn = Model();
        using var bare = Model(Initializer.ForLoading());
        Assert.Equal(
            drawn.StateDict().Select(p => (p.Key, Tensor.ShapeText(p.Value.Shape))),
            bare.StateDict().Select(p => (p.Key, Tensor.ShapeText(p.Value.Shape))));
        Assert.All(bare.GetParameter("cls_token").Value.ToArray<float>(), value => Assert.Equal(0, value));
        Assert.All(bare.GetParameter("norm.weight").Value.ToArray<float>(), value => Assert.Equal(1, value));
    }

    [Fact]
    public void A_configuration_that_is_set_afterwards_changes_nothing()
    {
        using var scope = new TensorScope();
        var run = Presets.Get("tiny");
        using var model = MaskedGenerativeEncoder.Create(run, new Initializer(1));
        using var tokenizer = new VectorQuantizedAutoencoder(run.Tokenizer, run.Data.Channels, new Initializer(1));
        var (rates, down) = (model.MaskRates, tokenizer.DownSampling);
        var (tokens, codes) = (Half(model, 1), Tensor.From(Codes(1), 1, model.Tokens));
        var loss = model.Loss(tokens, codes).Loss.Item();

        (run.Mage.MaskRatioMean, run.Mage.Dropout, run.Mage.LabelSmoothing) = (0.9f, 0.7f, 0.5f);
        (run.Tokenizer.Multipliers[0], run.Tokenizer.Multipliers) = (9, [1]);
        Assert.Equal(rates, model.MaskRates);
        Assert.Equal(down, tokenizer.DownSampling);
        Assert.Equal(loss, model.Loss(tokens, codes).Loss.Item());
    }

    [Fact]
    public void What_does_not_fit_is_refused_in_the_words_of_the_argument()
    {
        using var scope = new TensorScope();
        using var model = Model();
        using var tokenizer = Tokenizer();
        var words = model.Vocabulary;
        void Refused(string expected, Action action) => Assert.Contains(expected, Assert.ThrowsAny<ArgumentException>(action).Message);

        Refused("the model takes", () => model.Encode(TokenBatch.Whole([1, 2, 3], 1, words)));
        Refused("the model takes", () => model.Features([1, 2], 1));
        Refused("batch", () => model.Features([], 0));
        Refused("no whole number", () => TokenBatch.Whole([1, 2, 3], 2, words));
        Refused("no code", () => TokenBatch.Whole([-1], 1, words));
        Refused("no code", () => TokenBatch.Masked([words.MaskToken], MaskPlan.FromMask([true], 1, 1), words));
        Refused("nothing to guess", () => model.Loss(TokenBatch.Whole(Codes(1), 1, words), Tensor.From(Codes(1), 1, model.Tokens)));
        Refused("1 images of", () => model.Loss(Half(model, 1), Tensor.From(Codes(2), 2, model.Tokens)));
        Refused("images", () => new IterativeDecoder(model, new SamplingConfig { Iterations = 2, Temperature = 1 }).Generate(0, new Seed(1)));
        Refused("the tokenizer takes", () => tokenizer.Encode(Tensor.Zeros(ElementType.Float32, 1, Run.Data.Channels + 1, 32, 32)));
        Refused("the tokenizer takes", () => tokenizer.Encode(Tensor.Zeros(ElementType.Float32, 0, Run.Data.Channels, 32, 32)));
        Refused("the tokenizer takes", () => tokenizer.Tokenize(Tensor.Zeros(ElementType.Float32, 1, Run.Data.Channels, 32, 33)));
        Refused("the tokenizer takes", () => tokenizer.DecodeTokens(Tensor.From([1, 2])));
        Refused("codes", () => new MaskedGenerativeEncoder(Run.Mage, 0, 4, 4, 1, new Initializer(1)));
        Refused("grid", () => new MaskedGenerativeEncoder(Run.Mage, 8, 0, 4, 1, new Initializer(1)));
        Refused("positions", () => new MaskedGenerativeEncoder(Run.Mage, 8, 4, 4, 1, new Initializer(1), positions: 3));
        Refused("channels", () => new VectorQuantizedAutoencoder(Run.Tokenizer, 0, new Initializer(1)));
    }

    [Fact]
    public void Disposing_of_a_model_gives_all_its_memory_back()
    {
        // What other tests have left goes first.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = Device.Default.Pool.InUseBytes;
        Model().Dispose();
        Tokenizer().Dispose();
        Assert.Equal(before, Device.Default.Pool.InUseBytes);
    }

    [Fact]
    public void What_is_made_on_the_way_goes_when_nothing_records()
    {
        using var scope = new TensorScope();
        using var tokenizer = Tokenizer();
        using var model = Model();
        var images = Tensor.Full(ElementType.Float32, 0.5, 4, Run.Data.Channels, Run.Data.ImageSize, Run.Data.ImageSize);
        var codes = Tensor.From(Codes(4), 4, Run.Grid, Run.Grid);
        var tokens = Half(model, 4);
        AssertKeepsOnly(() => tokenizer.Encode(images));
        AssertKeepsOnly(() => tokenizer.Tokenize(images));
        AssertKeepsOnly(() => tokenizer.DecodeTokens(codes));
        AssertKeepsOnly(() => model.Encode(tokens));
        AssertKeepsOnly(() => model.Logits(tokens));

        void AssertKeepsOnly(Func<Tensor> make)
        {
            var before = scope.Count;
            make();
            Assert.Equal(before + 1, scope.Count);
        }
    }
}
