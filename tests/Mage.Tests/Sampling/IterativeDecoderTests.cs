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
        var tokens = new IterativeDecoder(model, 4, 4.5).Generate(3, new Seed(1));
        Assert.Equal(3 * model.Tokens, tokens.Length);
        Assert.All(tokens, token => Assert.InRange(token, 0, model.Vocabulary.Codes - 1));
    }

    [Fact]
    public void TheSeedDecides()
    {
        var decoder = new IterativeDecoder(model, 4, 4.5);
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
        var tokens = new IterativeDecoder(model, iterations, 4.5).Complete(start, DecodingNoise.From(new Seed(1)));
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
        var decoder = new IterativeDecoder(model, 6, 4.5);
        var current = Enumerable.Repeat(model.Vocabulary.MaskToken, 16).ToArray();
        var counts = new List<int>();
        for (var step = 0; step < 6; step++)
        {
            current = decoder.Step(step, current, [16], DecodingNoise.From(new Seed(1))).Next;
            counts.Add(decoder.CountUnknown(current)[0]);
        }

        Assert.Equal([15, 13, 11, 8, 4, 1], counts);
    }

    [Fact]
    public void TheLastStepIsWithoutNoise()
    {
        var start = Enumerable.Repeat(model.Vocabulary.MaskToken, 16).ToArray();
        var decoder = new IterativeDecoder(model, 1, 4.5);
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
        var error = Assert.Throws<ArgumentException>(() => new IterativeDecoder(model, 4, 4.5).Complete(start, DecodingNoise.From(new Seed(1))));
        Assert.Contains($"{token}", error.Message);
    }

    [Fact]
    public void AnotherNumberOfTokensIsRefused()
        => Assert.Throws<ArgumentException>(() => new IterativeDecoder(model, 4, 4.5).Complete(new int[15], DecodingNoise.From(new Seed(1))));
}
