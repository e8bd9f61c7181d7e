using static MageDsl.Layers.Activations;
using static MageDsl.Ops;

namespace MageDsl.Layers;

/// <summary>What training makes small.</summary>
public static partial class Losses
{
    /// <summary>
    /// Cross-entropy with label smoothing: the target distribution gives <c>1 - smoothing</c> to the target and spreads
    /// <c>smoothing</c> evenly over all classes (the target included).
    /// </summary>
    /// <remarks>Szegedy et al., arXiv 1512.00567; the mean over classes is that of timm's LabelSmoothingCrossEntropy.</remarks>
    /// <param name="logits">Scores, <c>[..., u]</c>.</param>
    /// <param name="target">The right classes, <c>[...]</c>.</param>
    /// <param name="smoothing">
    /// Probability taken from the target, in [0, 1). Above 0 a row with a score of -∞ has the loss ∞: some of the probability is its.
    /// </param>
    /// <returns>One loss per row, <c>[...]</c>, in nats.</returns>
    [Kernel]
    [return: Dims("...")]
    public static Expr SmoothedCrossEntropy([Dims("... u")] Expr logits, [Ids("...")] Expr target, float smoothing = 0)
    {
        var logProbability = LogSoftmax(logits);
        // Without smoothing the classes that are left out do not count.
        Expr spread = smoothing;
        return (smoothing - 1) * Gather(logProbability, "u", target) - Select(spread == 0, 0, spread * Mean(logProbability, over: "u"));
    }

    /// <summary>Cross-entropy with a target that is a distribution: <c>-Σ target · log softmax(logits)</c>.</summary>
    /// <param name="logits">Scores, <c>[..., u]</c>.</param>
    /// <param name="target">Probabilities of the classes, <c>[..., u]</c>; a class with 0 does not count, whatever its score.</param>
    /// <returns>One loss per row, <c>[...]</c>, in nats.</returns>
    [Kernel]
    [return: Dims("...")]
    public static Expr SoftCrossEntropy([Dims("... u")] Expr logits, [Dims("... u")] Expr target)
        => -Sum(Select(target == 0, 0, target * LogSoftmax(logits)), over: "u");

    /// <summary>The mean of the rows of <see cref="SmoothedCrossEntropy(Expr, Expr, float)"/> where <paramref name="mask"/> is 1.</summary>
    /// <param name="logits">Scores, <c>[b, t, u]</c>.</param>
    /// <param name="target">The right classes, <c>[b, t]</c>.</param>
    /// <param name="mask">1 where a row counts and 0 where it does not, <c>[b, t]</c>; at least one row must count.</param>
    /// <param name="smoothing">Probability taken from the target, in [0, 1).</param>
    /// <returns>A scalar, in nats.</returns>
    [Kernel]
    [return: Dims("")]
    public static Expr MaskedCrossEntropy(
        [Dims("b t u")] Expr logits, [Ids("b t")] Expr target, [Dims("b t")] Expr mask, float smoothing = 0)
        => Sum(Select(mask == 0, 0, SmoothedCrossEntropy(logits, target, smoothing) * mask), over: "b t") / Sum(mask, over: "b t");

    /// <summary>The share of rows counted by <paramref name="mask"/> whose largest logit is that of the target.</summary>
    /// <param name="logits">Scores, <c>[b, t, u]</c>.</param>
    /// <param name="target">The right classes, <c>[b, t]</c>.</param>
    /// <param name="mask">1 where a row counts and 0 where it does not, <c>[b, t]</c>; at least one row must count.</param>
    /// <returns>A scalar between 0 and 1.</returns>
    [Kernel(Differentiable = false)]
    [return: Dims("")]
    public static Expr MaskedAccuracy([Dims("b t u")] Expr logits, [Ids("b t")] Expr target, [Dims("b t")] Expr mask)
        => Sum(Select(ArgMax(logits, over: "u") == target, mask, 0), over: "b t") / Sum(mask, over: "b t");

    /// <summary>The mean absolute difference of two tensors of one shape (L1).</summary>
    /// <param name="x">Values of any shape.</param>
    /// <param name="y">Values of the same shape.</param>
    /// <returns>A scalar.</returns>
    [Kernel]
    [return: Dims("")]
    public static Expr MeanAbsoluteError([Dims("...")] Expr x, [Dims("...")] Expr y) => Mean(Abs(x - y), over: "...");

    /// <summary>How far a reconstruction is from its image: a weighted sum of mean absolute and mean squared difference.</summary>
    /// <param name="image">Images, of any shape.</param>
    /// <param name="reconstruction">Their reconstructions, of the same shape.</param>
    /// <param name="absolute">Weight of the mean absolute difference, which keeps edges sharp.</param>
    /// <param name="squared">Weight of the mean squared difference, which punishes large errors.</param>
    /// <returns>The loss, and the two means by themselves: three scalars.</returns>
    [Kernel]
    [return: Dims("", "", "")]
    public static (Expr Loss, Expr AbsoluteError, Expr SquaredError) ReconstructionLoss(
        [Dims("...")] Expr image, [Dims("...")] Expr reconstruction, float absolute = 1, float squared = 0)
    {
        var difference = reconstruction - image;
        var absoluteError = Mean(Abs(difference), over: "...");
        var squaredError = Mean(difference * difference, over: "...");
        return (absolute * absoluteError + squared * squaredError, absoluteError, squaredError);
    }

    /// <summary>The sum of two losses.</summary>
    /// <param name="first">A scalar.</param>
    /// <param name="second">A scalar.</param>
    /// <returns>A scalar.</returns>
    [Kernel]
    [return: Dims("")]
    public static Expr Total([Dims("")] Expr first, [Dims("")] Expr second) => first + second;
}
