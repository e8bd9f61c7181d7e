using MageDsl;
using static MageDsl.Layers.Losses;
using static MageDsl.Layers.Normalization;
using static MageDsl.Ops;

namespace Mage.Classification;

/// <summary>The end of a classifier: from an image of many channels to features, and to what they are taken for.</summary>
public static partial class ClassifierKernels
{
    /// <summary>Group normalization, swish, and the mean of every channel.</summary>
    /// <param name="image">Images, <c>[b, g * c, h, w]</c>.</param>
    /// <param name="weight">Scale, <c>[g * c]</c>.</param>
    /// <param name="bias">Shift, <c>[g * c]</c>.</param>
    /// <param name="groups">Number of groups; it must divide the number of channels.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <returns>Features, <c>[b, g * c]</c>.</returns>
    [Kernel]
    [return: Dims("b (g c)")]
    public static Expr NormSwishMean(
        [Dims("b (g c) h w")] Expr image, [Dims("(g c)")] Expr weight, [Dims("(g c)")] Expr bias, [Size("g")] int groups = 32, float eps = 1e-6f)
        => Mean(GroupNormSwish(image, weight, bias, groups, eps), over: "h w");

    /// <summary>The cross-entropy of classes that are decided by features, and the share of images that are taken for what they are.</summary>
    /// <param name="features">Features, <c>[b, d]</c>.</param>
    /// <param name="weight">A row for each class, <c>[u, d]</c>.</param>
    /// <param name="bias">Shift, <c>[u]</c>.</param>
    /// <param name="labels">The classes, <c>[b]</c>.</param>
    /// <returns>The mean over images of each, scalars.</returns>
    [Kernel]
    [return: Dims("", "")]
    public static (Expr Loss, Expr Accuracy) ClassLoss(
        [Dims("b d")] Expr features, [Dims("u d")] Expr weight, [Dims("u")] Expr bias, [Ids("b")] Expr labels)
    {
        var logits = Sum(features * weight, over: "d") + bias;
        return (Mean(SmoothedCrossEntropy(logits, labels), over: "b"), Mean(Select(ArgMax(logits, over: "u") == labels, 1, 0), over: "b"));
    }

    /// <summary>The same of images that may be of several classes; right is the likeliest.</summary>
    /// <param name="features">Features, <c>[b, d]</c>.</param>
    /// <param name="weight">A row for each class, <c>[u, d]</c>.</param>
    /// <param name="bias">Shift, <c>[u]</c>.</param>
    /// <param name="targets">Probabilities of the classes, <c>[b, u]</c>.</param>
    /// <returns>The mean over images of each, scalars.</returns>
    [Kernel]
    [return: Dims("", "")]
    public static (Expr Loss, Expr Accuracy) SoftClassLoss(
        [Dims("b d")] Expr features, [Dims("u d")] Expr weight, [Dims("u")] Expr bias, [Dims("b u")] Expr targets)
    {
        var logits = Sum(features * weight, over: "d") + bias;
        return (
            Mean(SoftCrossEntropy(logits, targets), over: "b"),
            Mean(Select(ArgMax(logits, over: "u") == ArgMax(targets, over: "u"), 1, 0), over: "b"));
    }

    /// <summary>The likeliest classes.</summary>
    /// <param name="features">Features, <c>[b, d]</c>.</param>
    /// <param name="weight">A row for each class, <c>[u, d]</c>.</param>
    /// <param name="bias">Shift, <c>[u]</c>.</param>
    /// <returns>Classes, <c>[b]</c>.</returns>
    [Kernel(Differentiable = false)]
    [return: Ids("b")]
    public static Expr LikeliestClass([Dims("b d")] Expr features, [Dims("u d")] Expr weight, [Dims("u")] Expr bias)
        => ArgMax(Sum(features * weight, over: "d") + bias, over: "u");
}
