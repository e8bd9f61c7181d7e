using System.Numerics.Tensors;

namespace Mage.Evaluation;

/// <summary>
/// Multinomial logistic regression on fixed features: standardised columns, full batches, L-BFGS, an L2 penalty on the
/// weights (not on the biases). How strong the penalty is, is chosen on the last seventh of the training images, so that
/// wide and narrow features are treated alike. Deterministic, whatever the number of threads.
/// </summary>
public sealed class LinearProbe
{
    // Rows of a block whose gradient is summed on its own: fixed, so that sums do not depend on the number of threads.
    private const int BlockRows = 512;
    private const int Iterations = 200;
    private const double Tolerance = 1e-5;
    private static readonly float[] Penalties = [0.1f, 0.01f, 0.001f];

    private readonly int classes;
    private readonly int dim;
    private readonly float[] weights; // [classes, dim], then [classes] biases

    private LinearProbe(int classes, int dim) => (this.classes, this.dim, weights) = (classes, dim, new float[classes * (dim + 1)]);

    /// <summary>Trains on one set and predicts labels for another.</summary>
    /// <param name="train">Labelled features.</param>
    /// <param name="queries">Features to classify, of the same width; their labels are not looked at.</param>
    /// <exception cref="ArgumentException">The widths differ.</exception>
    public static int[] Predict(Features train, Features queries)
    {
        if (train.Dim != queries.Dim)
        {
            throw new ArgumentException($"training features have {train.Dim} values, queries {queries.Dim}", nameof(queries));
        }

        var (known, asked) = Features.Standardize(train, queries);
        var probe = new LinearProbe(train.Labels.Max() + 1, train.Dim);
        probe.Fit(known, probe.ChoosePenalty(known));
        return probe.Classify(asked);
    }

    /// <summary>From strong to weak, each fit starting where the last one ended; few images are fitted with the middle one.</summary>
    private float ChoosePenalty(Features train)
    {
        var split = train.Count - (train.Count / 7);
        if (train.Count < 70)
        {
            return Penalties[1];
        }

        var (fit, check) = (train.Slice(0, split), train.Slice(split, train.Count));
        var (best, bestAccuracy) = (Penalties[0], -1.0);
        foreach (var penalty in Penalties)
        {
            Fit(fit, penalty);
            var accuracy = Metrics.Accuracy(Classify(check), check.Labels);
            if (accuracy > bestAccuracy)
            {
                (best, bestAccuracy) = (penalty, accuracy);
            }
        }

        return best;
    }

    private void Fit(Features train, float penalty)
    {
        var blocks = (train.Count + BlockRows - 1) / BlockRows;
        var gradients = new float[blocks][];
        var losses = new double[blocks];
        new Lbfgs(weights.Length).Minimize(
            (at, gradient) =>
            {
                var copy = at.ToArray();
                Parallel.For(0, blocks, block =>
                {
                    gradients[block] ??= new float[weights.Length];
                    losses[block] = Block(train, copy, block * BlockRows, Math.Min(train.Count, (block + 1) * BlockRows), gradients[block]);
                });
                gradient.Clear();
                foreach (var part in gradients)
                {
                    TensorPrimitives.Add(gradient, part, gradient);
                }

                TensorPrimitives.Multiply(gradient, 1f / train.Count, gradient);
                var matrix = at[..(classes * dim)];
                TensorPrimitives.MultiplyAdd(matrix, penalty, gradient[..matrix.Length], gradient[..matrix.Length]);
                return (losses.Sum() / train.Count) + (0.5 * penalty * TensorPrimitives.SumOfSquares(matrix));
            },
            weights, Iterations, Tolerance);
    }

    /// <summary>Sum of the cross-entropies of some rows, and its gradient.</summary>
    private double Block(Features train, float[] at, int start, int stop, float[] gradient)
    {
        Array.Clear(gradient);
        var logits = new float[classes];
        var loss = 0.0;
        for (var i = start; i < stop; i++)
        {
            var row = train.Row(i);
            Logits(at, row, logits);
            var max = TensorPrimitives.Max<float>(logits);
            var label = logits[train.Labels[i]];
            TensorPrimitives.Subtract(logits, max, logits);
            TensorPrimitives.Exp<float>(logits, logits);
            var sum = TensorPrimitives.Sum<float>(logits);
            loss += Math.Log(sum) + max - label;
            TensorPrimitives.Divide(logits, sum, logits);
            logits[train.Labels[i]] -= 1f;
            for (var c = 0; c < classes; c++)
            {
                var part = gradient.AsSpan(c * dim, dim);
                TensorPrimitives.MultiplyAdd(row, logits[c], part, part);
                gradient[(classes * dim) + c] += logits[c];
            }
        }

        return loss;
    }

    private int[] Classify(Features queries)
    {
        var predicted = new int[queries.Count];
        Parallel.For(0, queries.Count, i =>
        {
            var logits = new float[classes];
            Logits(weights, queries.Row(i), logits);
            predicted[i] = TensorPrimitives.IndexOfMax<float>(logits);
        });
        return predicted;
    }

    private void Logits(float[] at, ReadOnlySpan<float> row, Span<float> logits)
    {
        for (var c = 0; c < classes; c++)
        {
            logits[c] = TensorPrimitives.Dot(row, at.AsSpan(c * dim, dim)) + at[(classes * dim) + c];
        }
    }
}
