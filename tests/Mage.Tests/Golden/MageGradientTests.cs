using Mage.Model;
using MageDsl;

namespace Mage.Tests.Golden;

/// <summary>Every gradient of the training loss, and the parameters after optimizer steps, against the official ones.</summary>
public class MageGradientTests(ITestOutputHelper output)
{
    private const string WordEmbeddings = "token_emb.word_embeddings.weight";

    private static readonly string[] NeverTrained =
        ["cls_token", "mask_token", "patch_embed.proj.weight", "patch_embed.proj.bias", "decoder_pred.weight", "decoder_pred.bias"];

    private readonly GoldenFile outputs = GoldenFile.Open("mage_outputs");
    private readonly MaskedGenerativeEncoder model = GoldenModels.Mage();

    [Theory]
    [InlineData("r0")]
    [InlineData("r1")]
    [InlineData("r2")]
    public void EveryGradientMatches(string pass)
    {
        var expected = GoldenFile.Open($"mage_gradients_{pass}");
        using var scope = new TensorScope();
        Backward(pass);
        var (worst, compared) = (0.0, 0);
        foreach (var parameter in model.Parameters().Where(parameter => parameter.RequiresGrad))
        {
            if (NeverTrained.Contains(parameter.Name))
            {
                Assert.Null(parameter.Gradient);
                continue;
            }

            Assert.True(parameter.Gradient is not null, $"{parameter.Name} has no gradient");
            worst = Math.Max(worst, parameter.Name == WordEmbeddings
                ? CheckRows(expected, parameter.Gradient, others: 0, 7e-6)
                : Close.Check(expected, parameter.Name, parameter.Gradient, 7e-6));
            compared++;
        }

        Assert.Equal(76, compared);
        Assert.Equal(outputs.Number($"{pass}.grad_norm_total"), GradientClipping.Norm(model.Parameters()), 1e-4);
        output.WriteLine($"{pass} gradients {worst:g3}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void ParametersMatchAfterSteps(int steps)
    {
        var expected = GoldenFile.Open($"mage_adamw_step{steps}");
        using var scope = new TensorScope();
        var before = model.StateDict().ToDictionary(pair => pair.Key, pair => pair.Value.Clone());
        var optimizer = new AdamW(model.Parameters(), weightDecay: 0.05, beta1: 0.9, beta2: 0.95, epsilon: 1e-8);
        for (var step = 0; step < steps; step++)
        {
            var loss = Backward("r1");
            Assert.Equal(expected.Floats("losses")[step], loss, 5e-5);
            Assert.Equal(expected.Floats("grad_norms_before_clip")[step], optimizer.Step(1e-3, clipNorm: 3.0), 1e-3);
        }

        var (worst, name) = (0.0, "");
        foreach (var parameter in model.Parameters().Where(parameter => parameter.RequiresGrad))
        {
            if (NeverTrained.Contains(parameter.Name))
            {
                // No gradient, so no step and no decay either.
                Assert.Equal(before[parameter.Name].Span<float>(), parameter.Value.Span<float>());
                continue;
            }

            var difference = parameter.Name == WordEmbeddings ? CheckRows(expected, parameter.Value, others: null, 3e-4)
                : parameter.Name.EndsWith("qkv.bias", StringComparison.Ordinal) ? CheckWithoutKeys(expected, parameter)
                : Close.Check(expected, parameter.Name, parameter.Value, 3e-4);
            (worst, name) = difference > worst ? (difference, parameter.Name) : (worst, name);
        }

        output.WriteLine($"after {steps} steps {worst:g3} in {name}");
    }

    private double Backward(string pass)
    {
        using var tape = new GradientTape();
        var (tokens, codes) = GoldenModels.Batch(outputs, pass, model);
        var (loss, _) = model.Loss(tokens, codes);
        tape.Backward(loss);
        return loss.Item();
    }

    /// <summary>
    /// The middle third of this bias belongs to the keys; it shifts all scores of a query alike, so its true gradient is zero and Adam
    /// makes steps of random sign out of rounding errors.
    /// </summary>
    private static double CheckWithoutKeys(GoldenFile expected, Parameter bias)
    {
        var (wanted, found, third) = (expected.Floats(bias.Name), bias.Value.ToArray<float>(), (int)bias.Value.Count / 3);
        return Math.Max(
            Close.Check($"{bias.Name} (queries)", wanted.AsSpan(0, third), found.AsSpan(0, third), 3e-4),
            Close.Check($"{bias.Name} (values)", wanted.AsSpan(2 * third), found.AsSpan(2 * third), 3e-4));
    }

    /// <summary>A table of which the file holds some rows.</summary>
    private static double CheckRows(GoldenFile expected, Tensor table, float? others, double tolerance)
    {
        var (rows, values, width) = (expected.Ids($"{WordEmbeddings}.rows"), expected.Floats($"{WordEmbeddings}.values"), table.Shape[1]);
        var found = table.ToArray<float>();
        var worst = 0.0;
        for (var i = 0; i < rows.Length; i++)
        {
            worst = Math.Max(worst, Close.Check(
                $"{WordEmbeddings} row {rows[i]}", values.AsSpan(i * width, width), found.AsSpan(rows[i] * width, width), tolerance));
        }

        if (others is { } value)
        {
            for (var row = 0; row < table.Shape[0]; row++)
            {
                Assert.True(rows.Contains(row) || found.AsSpan(row * width, width).IndexOfAnyExcept(value) < 0, $"row {row} should be {value}");
            }
        }

        return worst;
    }
}
