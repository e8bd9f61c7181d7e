using Mage.Config;
using Mage.Model;
using MageDsl;
using static MageDsl.Layers.Normalization;

namespace Mage.Tests.Golden;

/// <summary>The contrastive loss and its head against PyTorch, both readings of it, with gradients.</summary>
public class ContrastTests
{
    private readonly GoldenFile recorded = GoldenFile.Open("contrast");

    [Theory]
    [InlineData(ContrastLoss.Cross, "cross")]
    [InlineData(ContrastLoss.NtXent, "ntxent")]
    public void LossAndGradientsOfTwoViewsMatch(ContrastLoss loss, string name)
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        var (first, second) = (Recorded("view1"), Recorded("view2"));
        tape.Watch(first);
        tape.Watch(second);
        var (one, other) = (L2Normalize(first), L2Normalize(second));
        Close.Check(recorded, "normalised1", one, 1e-6);
        var found = Head(new ContrastConfig { Loss = loss }).Loss(one, other);
        tape.Backward(found);
        Assert.Equal(recorded.Number($"{name}.loss"), found.ItemAsDouble(), 5e-6);
        Close.Check(recorded, $"{name}.grad1", tape.Gradient(first)!, 2e-6);
        Close.Check(recorded, $"{name}.grad2", tape.Gradient(second)!, 2e-6);
    }

    [Theory]
    [InlineData(HeadActivation.Relu, true, ContrastLoss.Cross)]
    [InlineData(HeadActivation.Relu, true, ContrastLoss.NtXent)]
    [InlineData(HeadActivation.Relu, false, ContrastLoss.Cross)]
    [InlineData(HeadActivation.Relu, false, ContrastLoss.NtXent)]
    [InlineData(HeadActivation.Gelu, true, ContrastLoss.Cross)]
    [InlineData(HeadActivation.Gelu, true, ContrastLoss.NtXent)]
    [InlineData(HeadActivation.Gelu, false, ContrastLoss.Cross)]
    [InlineData(HeadActivation.Gelu, false, ContrastLoss.NtXent)]
    public void TheHeadMatches(HeadActivation activation, bool poolClassToken, ContrastLoss loss)
    {
        var prefix = $"head.{Words.Of(activation)}.{(poolClassToken ? "gap_all" : "gap_nocls")}.{Words.Of(loss).ToLowerInvariant()}";
        using var scope = new TensorScope();
        using var head = Head(new ContrastConfig { Loss = loss, Activation = activation, PoolClassToken = poolClassToken });
        foreach (var (key, value) in head.StateDict())
        {
            Recorded($"head.{key}").CopyTo(value);
        }

        using var tape = new GradientTape();
        var (first, second) = (Recorded("head.tokens1"), Recorded("head.tokens2"));
        tape.Watch(first);
        tape.Watch(second);
        var found = head.Loss(head.Vectors(first), head.Vectors(second));
        tape.Backward(found);
        Assert.Equal(recorded.Number($"{prefix}.loss"), found.ItemAsDouble(), 5e-6);

        // Of some variants only the loss was recorded.
        foreach (var parameter in head.Parameters().Where(parameter => recorded.Has($"{prefix}.grad.{parameter.Name}")))
        {
            Close.Check(recorded, $"{prefix}.grad.{parameter.Name}", parameter.Gradient!, 5e-6);
        }

        foreach (var (name, tokens) in ((string, Tensor)[])[("tokens1", first), ("tokens2", second)])
        {
            var key = $"{prefix}.grad.{name}_row0";
            if (recorded.Has(key))
            {
                var expected = recorded.Floats(key);
                Close.Check(key, expected, tape.Gradient(tokens)!.ToArray<float>().AsSpan(0, expected.Length), 5e-6);
            }
        }
    }

    /// <summary>Of a batch of one there is nothing to tell from, and cosines over a small temperature overflow nothing.</summary>
    [Theory]
    [InlineData(ContrastLoss.Cross)]
    [InlineData(ContrastLoss.NtXent)]
    public void ExtremesStayFinite(ContrastLoss loss)
    {
        using var scope = new TensorScope();
        var head = Head(new ContrastConfig { Loss = loss, Temperature = 0.001f });
        Assert.Equal(0, head.Loss(Tensor.From([1f, 0f], 1, 2), Tensor.From([0f, 1f], 1, 2)).ItemAsDouble(), 1e-6);
        var far = head.Loss(Tensor.From([1f, 0f, 0f, 1f], 2, 2), Tensor.From([0f, 1f, 1f, 0f], 2, 2)).ItemAsDouble();
        Assert.Equal(1000, far, 1e-2);
    }

    private static ContrastHead Head(ContrastConfig config)
        => new(config with { Hidden = 24, Outputs = 16 }, width: 32, new Initializer(1));

    private Tensor Recorded(string name) => Tensor.From(recorded.Floats(name), recorded.Shape(name));
}
