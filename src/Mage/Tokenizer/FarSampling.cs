using System.Numerics.Tensors;

namespace Mage.Tokenizer;

/// <summary>
/// Draws vectors that are far from those already there: each draw takes a vector with a probability proportional to its squared distance
/// to the nearest one chosen so far. So the many near-equal vectors of empty background count as one.
/// </summary>
/// <remarks>Arthur and Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007.</remarks>
internal sealed class FarSampling
{
    private readonly float[] vectors;
    private readonly int width;
    private readonly double[] distance;

    /// <summary>Over candidate vectors, none of which is near anything yet.</summary>
    /// <param name="vectors">Candidates, row by row.</param>
    /// <param name="width">Length of a vector.</param>
    public FarSampling(float[] vectors, int width)
    {
        (this.vectors, this.width) = (vectors, width);
        distance = new double[vectors.Length / width];
        distance.AsSpan().Fill(double.PositiveInfinity);
    }

    /// <summary>Makes a vector one of those to stay away from.</summary>
    public void Add(ReadOnlySpan<float> chosen)
    {
        for (var i = 0; i < distance.Length; i++)
        {
            var apart = TensorPrimitives.Distance(Vector(i), chosen);
            distance[i] = Math.Min(distance[i], apart * apart);
        }
    }

    /// <summary>Draws a candidate, and stays away from it from now on.</summary>
    /// <param name="uniform">A uniform random number in [0, 1).</param>
    /// <returns>The vector.</returns>
    public ReadOnlySpan<float> Draw(double uniform)
    {
        var vector = Vector(Choose(uniform));
        Add(vector);
        return vector;
    }

    private ReadOnlySpan<float> Vector(int index) => vectors.AsSpan(index * width, width);

    private int Choose(double uniform)
    {
        var total = distance.Sum();
        if (!double.IsFinite(total) || total <= 0)
        {
            // Nothing chosen so far, or nothing but copies left: any will do.
            return (int)(uniform * distance.Length);
        }

        var (rest, last) = (uniform * total, 0);
        for (var i = 0; i < distance.Length; i++)
        {
            if (distance[i] > 0)
            {
                last = i;
                rest -= distance[i];
                if (rest < 0)
                {
                    break;
                }
            }
        }

        return last;
    }
}
