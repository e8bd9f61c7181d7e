using MageDsl;
using static MageDsl.Layers.Activations;
using static MageDsl.Ops;

namespace Dsl.Tests.Kernels;

/// <summary>
/// Contraction, reduction of its rows, contraction, with all that may be around and between: nothing of the size of the scores is to be stored.
/// </summary>
public static partial class RowBlockKernels
{
    [Kernel]
    [return: Dims("b t (h f)")]
    public static Expr CrossAttention([Dims("b t (h e)")] Expr q, [Dims("b u (h e)")] Expr k, [Dims("b u (h f)")] Expr v, [Size("h")] int heads = 2)
        => Sum(Softmax(Sum(q * k, over: "e") * Rsqrt(q.Size("e"))) * v, over: "u");

    [Kernel]
    [return: Dims("b h t f")]
    public static Expr HeadsOutside([Dims("b h t e")] Expr q, [Dims("b h u e")] Expr k, [Dims("b h u f")] Expr v)
        => Sum(Softmax(Sum(q * k, over: "e")) * v, over: "u");

    [Kernel]
    [return: Dims("b t (h f)")]
    public static Expr Causal([Dims("b t (h e)")] Expr q, [Dims("b u (h e)")] Expr k, [Dims("b u (h f)")] Expr v, [Size("h")] int heads = 2)
    {
        var scores = Sum(q * k, over: "e");
        return Sum(Softmax(Select(scores.Index("t") < scores.Index("u"), -1e4, scores)) * v, over: "u");
    }

    [Kernel]
    [return: Dims("b t (h f)")]
    public static Expr MaskedWithDropout(
        [Dims("b t (h e)")] Expr q, [Dims("b u (h e)")] Expr k, [Dims("b u (h f)")] Expr v, [Dims("b u")] Expr mask,
        [Size("h")] int heads = 2, float rate = 0.3f, int seed = 3)
    {
        var probability = Softmax(Sum(q * k, over: "e") + (StopGradient(mask) - 1) * 2);
        return Sum(Select(probability.Random(seed) < rate, 0, probability / (1 - rate)) * v, over: "u");
    }

    /// <summary>Rows may be multiplied by zero before values are summed; what was there cannot be told from what comes out.</summary>
    [Kernel]
    [return: Dims("b t (h f)")]
    public static Expr GatedWithDropout(
        [Dims("b t (h e)")] Expr q, [Dims("b u (h e)")] Expr k, [Dims("b u (h f)")] Expr v, [Dims("b t")] Expr gate,
        [Size("h")] int heads = 2, float rate = 0.3f, int seed = 3)
    {
        var probability = Softmax(Sum(q * k, over: "e"));
        return Sum(Select(probability.Random(seed) < rate, 0, probability * StopGradient(gate)) * v, over: "u");
    }

    /// <summary>The gradient of the bias is a sum over the batch: a worker takes the images of a head in order.</summary>
    [Kernel]
    [return: Dims("b t (h f)")]
    public static Expr LearnedBias([Dims("b t (h e)")] Expr q, [Dims("b u (h e)")] Expr k, [Dims("b u (h f)")] Expr v, [Dims("h t u")] Expr bias)
        => Sum(Softmax(Sum(q * k, over: "e") + bias) * v, over: "u");

    /// <summary>Sums over heads and queries, over the batch and all scores of a head, and within an item: what each learned value is for.</summary>
    [Kernel]
    [return: Dims("b t (h f)")]
    public static Expr LearnedKeysAndTemperature(
        [Dims("b t (h e)")] Expr q, [Dims("b u (h e)")] Expr k, [Dims("b u (h f)")] Expr v,
        [Dims("h")] Expr temperature, [Dims("b h u")] Expr keys, [Dims("h t")] Expr queries)
        => Sum(Softmax(Sum(q * k, over: "e") * temperature + keys * queries) * v, over: "u");

    /// <summary>All heads and images share one bias: it is summed over the images of a head, and then over the heads.</summary>
    [Kernel]
    [return: Dims("b h t f")]
    public static Expr SharedBias([Dims("b h t e")] Expr q, [Dims("b h u e")] Expr k, [Dims("b h u f")] Expr v, [Dims("t u")] Expr bias)
        => Sum(Softmax(Sum(q * k, over: "e") + bias) * v, over: "u");

    /// <summary>All heads share keys and values: heads and positions are the rows.</summary>
    [Kernel]
    [return: Dims("b t (h f)")]
    public static Expr MultiQuery([Dims("b t (h e)")] Expr q, [Dims("b u e")] Expr k, [Dims("b u f")] Expr v, [Size("h")] int heads = 2)
        => Sum(Softmax(Sum(q * k, over: "e")) * v, over: "u");

    /// <summary>One softmax, two readers, and statistics of its rows as results.</summary>
    [Kernel]
    [return: Dims("b t f", "b t g", "b t", "b t")]
    public static (Expr First, Expr Second, Expr LogSum, Expr Entropy) TwoReaders(
        [Dims("b t e")] Expr q, [Dims("b u e")] Expr k, [Dims("b u f")] Expr v, [Dims("b u g")] Expr w)
    {
        var scores = Sum(q * k, over: "e");
        var top = StopGradient(Max(scores, over: "u"));
        var logSum = Log(Sum(Exp(scores - top), over: "u")) + top;
        var probability = Exp(scores - logSum);
        return (Sum(probability * v, over: "u"), Sum(probability * w, over: "u"), logSum, logSum - Sum(probability * scores, over: "u"));
    }

    /// <summary>The scores are a result, too, and so are stored; the probabilities are not.</summary>
    [Kernel]
    [return: Dims("b t f", "b t u")]
    public static (Expr Result, Expr Scores) ScoresReturned([Dims("b t e")] Expr q, [Dims("b u e")] Expr k, [Dims("b u f")] Expr v)
    {
        var scores = Sum(q * k, over: "e");
        return (Sum(Softmax(scores) * v, over: "u"), scores);
    }

    /// <summary>Normalised by a sum of its rectified scores instead of a softmax.</summary>
    [Kernel]
    [return: Dims("b t f")]
    public static Expr Rectified([Dims("b t e")] Expr q, [Dims("b u e")] Expr k, [Dims("b u f")] Expr v)
    {
        var weight = Max(Sum(q * k, over: "e"), 0) + 0.1f;
        return Sum(weight / Sum(weight, over: "u") * v, over: "u");
    }

    /// <summary>Rows of images: queries and keys have two axes each.</summary>
    [Kernel]
    [return: Dims("b y x f")]
    public static Expr OverImages([Dims("b y x e")] Expr q, [Dims("b i j e")] Expr k, [Dims("b i j f")] Expr v)
    {
        var scores = Sum(q * k, over: "e");
        var exponentials = Exp(scores - StopGradient(Max(scores, over: "i j")));
        return Sum(exponentials / Sum(exponentials, over: "i j") * v, over: "i j");
    }

    /// <summary>No query sees its own key or one before: the last sees none, and takes the mean of all.</summary>
    [Kernel]
    [return: Dims("b t f")]
    public static Expr StrictlyLater([Dims("b t e")] Expr q, [Dims("b u e")] Expr k, [Dims("b u f")] Expr v)
        => Sum(Softmax(Select(q.Index("t") < k.Index("u"), Sum(q * k, over: "e"), double.NegativeInfinity)) * v, over: "u");

    /// <summary>Rows times a weight matrix, never stored because that is asked for.</summary>
    [Kernel(Scores = Scores.Recompute)]
    [return: Dims("")]
    public static Expr CrossEntropyOfProjection([Dims("n d")] Expr x, [Dims("v d")] Expr w, [Dims("v")] Expr bias, [Ids("n")] Expr target)
    {
        var logits = Sum(x * w, over: "d") + bias;
        var top = StopGradient(Max(logits, over: "v"));
        return Mean(Log(Sum(Exp(logits - top), over: "v")) + top - Gather(logits, "v", target), over: "n");
    }

    /// <summary>As <see cref="CrossAttention(Expr, Expr, Expr, int)"/>, with the scores kept because that is asked for.</summary>
    [Kernel(Scores = Scores.Keep)]
    [return: Dims("b t f")]
    public static Expr ScoresKept([Dims("b t e")] Expr q, [Dims("b u e")] Expr k, [Dims("b u f")] Expr v)
        => Sum(Softmax(Sum(q * k, over: "e")) * v, over: "u");
}
