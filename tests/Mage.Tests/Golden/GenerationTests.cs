using Mage.Config;
using Mage.Model;
using Mage.Sampling;
using MageDsl;

namespace Mage.Tests.Golden;

/// <summary>Iterative decoding against the official one, step by step, with the noise recorded there.</summary>
public class GenerationTests(ITestOutputHelper output)
{
    private const int Iterations = 6;
    private static readonly SamplingConfig Sampling = new() { Iterations = Iterations, Temperature = 4.5f };

    private readonly GoldenFile recorded = GoldenFile.Open("generation");
    private readonly MaskedGenerativeEncoder model = GoldenModels.Mage();

    [Fact]
    public void EveryStepDrawsTheSameTokens()
    {
        var decoder = new IterativeDecoder(model, Sampling);
        var noise = new Recorded(recorded);
        var current = recorded.Ids("s0.cur_ids");
        var unknown = decoder.CountUnknown(current);
        Assert.Equal([16, 16, 16], unknown);
        for (var step = 0; step < Iterations; step++)
        {
            Assert.Equal(recorded.Ids($"s{step}.cur_ids"), current);
            var done = decoder.Step(step, current, unknown, noise);
            Assert.Equal(recorded.Ids($"s{step}.sampled_ids"), done.Tokens);
            Assert.Equal(recorded.Ids($"s{step}.next_ids"), done.Next);
            output.WriteLine($"step {step} confidence {CheckConfidence(step, done.Confidence):g3}");
            current = done.Next;
        }
    }

    [Fact]
    public void LogitsOfEveryStepMatch()
    {
        using var scope = new TensorScope();
        for (var step = 0; step < Iterations; step++)
        {
            var tokens = TokenBatch.Whole(recorded.Ids($"s{step}.cur_ids"), 3, model.Vocabulary);
            Close.Check(recorded, $"s{step}.encoder_latent", model.Encode(tokens), 1.3e-5);
            Close.Check(recorded, $"s{step}.logits", model.Logits(tokens), 5e-5);
        }
    }

    [Fact]
    public void TheResultIsEqual()
    {
        var decoder = new IterativeDecoder(model, Sampling);
        Assert.Equal(recorded.Ids("final_tokens"), decoder.Complete(recorded.Ids("s0.cur_ids"), new Recorded(recorded)));
    }

    [Fact]
    public void ThePicturesAreEqual()
    {
        using var scope = new TensorScope();
        var pixels = GoldenModels.Tokenizer().DecodeTokens(Tensor.From(recorded.Ids("final_tokens"), 3, 4, 4)).Span<float>();
        var bytes = recorded.Bytes("decoded_uint8_hwc");
        for (var i = 0; i < pixels.Length; i++)
        {
            var (image, channel, pixel) = (i / (3 * 4096), i / 4096 % 3, i % 4096);

            // Cut off, not rounded; what lies on the edge between two bytes may fall to either side.
            var value = Math.Clamp(pixels[i] * 255.0, 0, 255);
            var expected = bytes[(image * 4096 + pixel) * 3 + channel];
            Assert.InRange(value, expected - 0.02, expected + 1.02);
        }
    }

    private double CheckConfidence(int step, double[] confidence)
    {
        var expected = recorded.Floats($"s{step}.confidence");
        var worst = 0.0;
        for (var i = 0; i < expected.Length; i++)
        {
            if (float.IsFinite(expected[i]))
            {
                worst = Math.Max(worst, Math.Abs(expected[i] - confidence[i]));
            }
            else
            {
                Assert.Equal(double.PositiveInfinity, confidence[i]);
            }
        }

        Assert.True(worst <= 1e-4, $"step {step}: a confidence differs by {worst:g3}");
        return worst;
    }

    private sealed class Recorded(GoldenFile file) : DecodingNoise
    {
        public override Tensor ForTokens(int step, Tensor logits)
            => Tensor.From(file.Floats($"s{step}.sample_gumbel"), file.Shape($"s{step}.sample_gumbel"));

        public override int ForStart(int image, int below) => throw new NotSupportedException("the official order has no start");

        public override double ForChoice(int step, int index) => file.Floats($"s{step}.choice_gumbel")[index];
    }
}
