using Mage.Config;
using Mage.Model;
using Mage.Sampling;
using MageDsl;

namespace Mage.Tests.Sampling;

public class IterativeDecoderTests
{
    private readonly MaskedGenerativeEncoder model = MaskedGenerativeEncoder.Create(Presets.Get("tiny"), new Initializer(1));

    [Fact]
    public void GeneratesCodesOnly()
    {
        var tokens = new IterativeDecoder(model, new SamplingConfig { Iterations = 4, Temperature = 4.5f }).Generate(3, new Seed(1));
        Assert.Equal(3 * model.Tokens, tokens.Length);
        Assert.All(tokens, token => Assert.InRange(token, 0, model.Vocabulary.Codes - 1));
    }

    [Fact]
    public void TheSeedDecides()
    {
        var decoder = new IterativeDecoder(model, new SamplingConfig { Iterations = 4, Temperature = 4.5f });
        Assert.Equal(decoder.Generate(2, new Seed(1)), decoder.Generate(2, new Seed(1)));
        Assert.NotEqual(decoder.Generate(2, new Seed(1)), decoder.Generate(2, new Seed(2)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(40)]
    public void KnownTokensStay(int iterations)
    {
        var start = Enumerable.Range(0, 3 * model.Tokens).Select(i => i % 3 == 0 ? model.Vocabulary.MaskToken : i % 32).ToArray();
        start.AsSpan(0, model.Tokens).Fill(7); // an image without unknown tokens
        var tokens = new IterativeDecoder(model, new SamplingConfig { Iterations = iterations, Temperature = 4.5f }).Complete(
            start, DecodingNoise.From(new Seed(1)));
        for (var i = 0; i < start.Length; i++)
        {
            if (start[i] == model.Vocabulary.MaskToken)
            {
                Assert.InRange(tokens[i], 0, model.Vocabulary.Codes - 1);
            }
            else
            {
                Assert.Equal(start[i], tokens[i]);
            }
        }
    }

    [Fact]
    public void UnknownTokensFallAsACosine()
    {
        var decoder = new IterativeDecoder(model, new SamplingConfig { Iterations = 6, Temperature = 4.5f });
        var current = Enumerable.Repeat(model.Vocabulary.MaskToken, 16).ToArray();
        var counts = new List<int>();
        for (var step = 0; step < 6; step++)
        {
            current = decoder.Step(step, current, [16], DecodingNoise.From(new Seed(1))).Next;
            counts.Add(decoder.CountUnknown(current)[0]);
        }

        Assert.Equal([15, 13, 11, 8, 4, 1], counts);
    }

    [Theory]
    [InlineData(TokenOrder.Halton)]
    [InlineData(TokenOrder.Random)]
    public void OtherOrdersFillEverySlotOnceAndKeepWhatIsKnown(TokenOrder order)
    {
        var decoder = new IterativeDecoder(model, new SamplingConfig { Iterations = 6, Order = order, Schedule = MaskSchedule.Linear });
        var current = Enumerable.Repeat(model.Vocabulary.MaskToken, 32).ToArray();
        current.AsSpan(16, 4).Fill(3);
        var counts = new List<int>();
        decoder.Complete(current, DecodingNoise.From(new Seed(1)), observe: (step, done) =>
        {
            var now = done.Next;
            Assert.All(Enumerable.Range(0, 32).Where(i => current[i] < 32), i => Assert.Equal(current[i], now[i]));
            counts.Add(decoder.CountUnknown(now)[0]);
            current = now;
        });
        Assert.Equal([13, 10, 8, 5, 2, 1], counts);
    }

    [Fact]
    public void HaltonMakesThePlacesOfItsSequenceKnown()
    {
        var decoder = new IterativeDecoder(model, new SamplingConfig { Iterations = 16, Order = TokenOrder.Halton, Schedule = MaskSchedule.Linear });
        var found = new List<int>();
        var known = new HashSet<int>();
        decoder.Complete(Enumerable.Repeat(model.Vocabulary.MaskToken, 16).ToArray(), DecodingNoise.From(new Seed(3)), observe: (_, done) =>
            found.AddRange(Enumerable.Range(0, 16).Where(i => done.Next[i] != model.Vocabulary.MaskToken && known.Add(i))));
        var ranks = HaltonOrder.Ranks(4);
        var order = found.Select(place => ranks[place]).ToArray();
        Assert.Equal(15, order.Length);
        Assert.Equal(Enumerable.Range(0, 15).Select(i => (order[0] + i) % 16), order);
    }

    [Theory]
    [InlineData(1, 1f)]
    [InlineData(0, 1e-6f)]
    [InlineData(5, 1e-6f)]
    public void OneCodeToDrawFromLeavesNothingToChance(int topK, float topP)
    {
        var sampling = new SamplingConfig { Iterations = 1, TopK = topK, TopP = topP };
        var start = Enumerable.Repeat(model.Vocabulary.MaskToken, 32).ToArray();
        using var scope = new TensorScope();
        var logits = model.Logits(TokenBatch.Whole(start, 2, model.Vocabulary)).ToArray<float>();
        var best = logits.Chunk(32).Select(row => Array.IndexOf(row, row.Max()));
        Assert.Equal(best, new IterativeDecoder(model, sampling).Complete(start, DecodingNoise.From(new Seed(1))));
    }

    [Theory]
    [InlineData(3, 1f)]
    [InlineData(31, 1f)]
    [InlineData(0, 0.5f)]
    [InlineData(0, 0.999f)]
    [InlineData(7, 0.6f)]
    public void FiltersKeepTheLikeliest(int topK, float topP)
    {
        using var scope = new TensorScope();
        var logits = Enumerable.Range(0, 4 * 32).Select(i => (float)(3 * new Seed(7).Normal(i))).ToArray();
        var kept = CodeFilter.Apply(Tensor.From(logits, 2, 2, 32), new SamplingConfig { TopK = topK, TopP = topP }).ToArray<float>();
        foreach (var (row, found) in logits.Chunk(32).Zip(kept.Chunk(32)))
        {
            var sorted = row.OrderDescending().Take(topK == 0 ? 32 : topK).ToArray();
            var weights = sorted.Select(value => Math.Exp(value)).ToArray();
            var (count, mass) = (0, 0.0);
            while (count < sorted.Length && mass < topP * weights.Sum())
            {
                mass += weights[count++];
            }

            Assert.Equal(sorted[..count], found.Where(value => value > -1e29f).OrderDescending());
        }
    }

    [Fact]
    public void GuidanceGoesFromNoClassPastTheClass()
    {
        using var scope = new TensorScope();
        var start = Enumerable.Repeat(model.Vocabulary.MaskToken, 16).ToArray();
        float[] Scores(SamplingConfig sampling, int label)
        {
            var first = new float[16];
            new IterativeDecoder(model, sampling).Complete(
                start, DecodingNoise.From(new Seed(2)), [label], (step, done) => first = [.. done.Confidence.Select(x => (float)x)]);
            return first;
        }

        var plain = new SamplingConfig { Iterations = 1, Temperature = 0 };
        var guided = plain with { Guidance = 4 };
        Assert.Equal(Scores(plain, -1), Scores(guided, -1));
        Assert.NotEqual(Scores(plain, 3), Scores(plain, -1));
        Assert.NotEqual(Scores(plain, 3), Scores(guided, 3));
    }

    [Fact]
    public void TheLastStepIsWithoutNoise()
    {
        var start = Enumerable.Repeat(model.Vocabulary.MaskToken, 16).ToArray();
        var decoder = new IterativeDecoder(model, new SamplingConfig { Iterations = 1, Temperature = 4.5f });
        var step = decoder.Step(0, start, [16], DecodingNoise.From(new Seed(1)));
        Assert.All(step.Confidence, confidence => Assert.InRange(confidence, double.MinValue, 0));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(32)]
    [InlineData(5000)]
    public void TokensThatAreNoCodesAreRefused(int token)
    {
        var start = new int[16];
        start[3] = token;
        var error = Assert.Throws<ArgumentException>(() =>
            new IterativeDecoder(model, new SamplingConfig { Iterations = 4, Temperature = 4.5f }).Complete(start, DecodingNoise.From(new Seed(1))));
        Assert.Contains($"{token}", error.Message);
    }

    [Fact]
    public void AnotherNumberOfTokensIsRefused()
        =>
        Assert.Throws<ArgumentException>(() => new IterativeDecoder(model, new SamplingConfig { Iterations = 4, Temperature = 4.5f }).Complete(
            new int[15], DecodingNoise.From(new Seed(1))));
}
