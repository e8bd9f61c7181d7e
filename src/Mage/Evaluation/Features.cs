using System.Numerics.Tensors;

namespace Mage.Evaluation;

/// <summary>A matrix of features, one row per image, with the images' labels.</summary>
public sealed class Features
{
    /// <summary>Features over existing memory.</summary>
    /// <param name="values">[N, D], row-major, finite; not copied.</param>
    /// <param name="labels">[N] labels from 0; not copied.</param>
    /// <exception cref="ArgumentException">The values are not as many rows as there are labels, or there are none.</exception>
    public Features(float[] values, int[] labels)
    {
        if (labels.Length == 0 || values.Length == 0 || values.Length % labels.Length != 0)
        {
            throw new ArgumentException($"{values.Length} values are not {labels.Length} rows", nameof(values));
        }

        (Values, Labels, Dim) = (values, labels, values.Length / labels.Length);
    }

    /// <summary>[N, D].</summary>
    public float[] Values { get; }

    /// <summary>[N].</summary>
    public int[] Labels { get; }

    /// <summary>Number of rows.</summary>
    public int Count => Labels.Length;

    /// <summary>Values in a row.</summary>
    public int Dim { get; }

    /// <summary>One row.</summary>
    public Span<float> Row(int index) => Values.AsSpan(index * Dim, Dim);

    /// <summary>Rows <paramref name="start"/> to <paramref name="stop"/>, copied.</summary>
    public Features Slice(int start, int stop) => new(Values[(start * Dim)..(stop * Dim)], Labels[start..stop]);

    /// <summary>
    /// Both sets with the mean and standard deviation that each column has in <paramref name="train"/> brought to 0 and 1;
    /// a column that is constant there becomes 0.
    /// </summary>
    public static (Features Train, Features Other) Standardize(Features train, Features other)
    {
        var mean = new double[train.Dim];
        var square = new double[train.Dim];
        for (var i = 0; i < train.Count; i++)
        {
            var row = train.Row(i);
            for (var d = 0; d < row.Length; d++)
            {
                mean[d] += row[d];
                square[d] += (double)row[d] * row[d];
            }
        }

        var shift = new float[train.Dim];
        var scale = new float[train.Dim];
        for (var d = 0; d < mean.Length; d++)
        {
            mean[d] /= train.Count;
            var variance = (square[d] / train.Count) - (mean[d] * mean[d]);
            shift[d] = (float)-mean[d];
            scale[d] = variance > 1e-12 * (1 + (mean[d] * mean[d])) ? (float)(1 / Math.Sqrt(variance)) : 0f;
        }

        return (train.Affine(shift, scale), other.Affine(shift, scale));
    }

    /// <summary>The same rows brought to Euclidean length 1; a row of zeros stays.</summary>
    public Features Normalize()
    {
        var result = new Features([.. Values], Labels);
        for (var i = 0; i < Count; i++)
        {
            var row = result.Row(i);
            var norm = TensorPrimitives.Norm(row);
            if (norm > 0)
            {
                TensorPrimitives.Divide(row, norm, row);
            }
        }

        return result;
    }

    private Features Affine(float[] shift, float[] scale)
    {
        var result = new Features(new float[Values.Length], Labels);
        for (var i = 0; i < Count; i++)
        {
            TensorPrimitives.AddMultiply(Row(i), shift, scale, result.Row(i));
        }

        return result;
    }
}
