using System.Numerics.Tensors;

namespace Mage.Evaluation;

/// <summary>
/// Classification by the nearest training features under cosine similarity. Each of the k neighbours votes for its label
/// with weight exp(similarity / 0.07), as in the evaluation of instance discrimination (Wu et al., CVPR 2018); on
/// equal votes the smaller label wins.
/// </summary>
public static class NearestNeighbors
{
    private const float VoteTemperature = 0.07f;

    /// <summary>Predicts a label for each query.</summary>
    /// <param name="train">Labelled features.</param>
    /// <param name="queries">Features to classify, of the same width; their labels are not looked at.</param>
    /// <param name="k">Neighbours; at most as many as there are training features.</param>
    /// <exception cref="ArgumentException">The widths differ.</exception>
    public static int[] Predict(Features train, Features queries, int k = 20)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        if (train.Dim != queries.Dim)
        {
            throw new ArgumentException($"training features have {train.Dim} values, queries {queries.Dim}", nameof(queries));
        }

        k = Math.Min(k, train.Count);
        var (known, asked) = (train.Normalize(), queries.Normalize());
        var classes = train.Labels.Max() + 1;
        var predicted = new int[queries.Count];
        Parallel.For(0, queries.Count, i => predicted[i] = Vote(known, asked.Row(i), k, classes));
        return predicted;
    }

    private static int Vote(Features known, ReadOnlySpan<float> query, int k, int classes)
    {
        // The k best so far, best first; training features come in order, so equal ones keep the earlier.
        Span<float> best = stackalloc float[k];
        Span<int> labels = stackalloc int[k];
        best.Fill(float.NegativeInfinity);
        for (var i = 0; i < known.Count; i++)
        {
            var similarity = TensorPrimitives.Dot(query, known.Row(i));
            if (similarity <= best[k - 1])
            {
                continue;
            }

            var place = k - 1;
            for (; place > 0 && best[place - 1] < similarity; place--)
            {
                (best[place], labels[place]) = (best[place - 1], labels[place - 1]);
            }

            (best[place], labels[place]) = (similarity, known.Labels[i]);
        }

        var votes = new double[classes];
        for (var n = 0; n < k; n++)
        {
            votes[labels[n]] += Math.Exp((best[n] - best[0]) / VoteTemperature);
        }

        return Array.IndexOf(votes, votes.Max());
    }
}
