using MathNet.Numerics.LinearAlgebra;

namespace Mage.Evaluation;

/// <summary>Mean and covariance of the features of many images, in double precision: what the Fréchet distance takes them for.</summary>
/// <remarks>Heusel et al., "GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash Equilibrium", arXiv 1706.08500.</remarks>
public sealed class FeatureStatistics
{
    private readonly Vector<double> mean;
    private readonly Matrix<double> covariance;

    /// <summary>Of features.</summary>
    /// <param name="features">[N, width], row-major.</param>
    /// <param name="width">Features of an image.</param>
    /// <exception cref="ArgumentException">They are not at least two rows.</exception>
    public FeatureStatistics(float[] features, int width)
    {
        if (features.Length % width != 0 || features.Length < 2 * width)
        {
            throw new ArgumentException($"{features.Length} values are not two or more rows of {width}", nameof(features));
        }

        var count = features.Length / width;
        var rows = Matrix<double>.Build.Dense(count, width, (i, d) => features[(i * width) + d]);
        mean = rows.ColumnSums() / count;
        rows.MapIndexedInplace((_, d, value) => value - mean[d]);
        covariance = rows.TransposeThisAndMultiply(rows) / (count - 1);
    }

    /// <summary>
    /// The Fréchet distance of the normal distributions with these means and covariances: |m - m'|² + tr(C + C' - 2 (C^½ C' C^½)^½).
    /// </summary>
    public double FrechetDistance(FeatureStatistics other)
    {
        var root = Root(covariance);
        var shared = Eigen(root * other.covariance * root).Roots.Sum();
        var apart = mean - other.mean;
        return apart.DotProduct(apart) + covariance.Trace() + other.covariance.Trace() - (2 * shared);
    }

    private static Matrix<double> Root(Matrix<double> matrix)
    {
        var (roots, vectors) = Eigen(matrix);
        return vectors * Matrix<double>.Build.DiagonalOfDiagonalVector(roots) * vectors.Transpose();
    }

    /// <summary>
    /// Square roots of the eigenvalues of a matrix that is symmetric and has none below zero but for rounding; and its eigenvectors.
    /// </summary>
    private static (Vector<double> Roots, Matrix<double> Vectors) Eigen(Matrix<double> matrix)
    {
        var parts = ((matrix + matrix.Transpose()) / 2).Evd(Symmetricity.Symmetric);
        return (parts.EigenValues.Map(value => Math.Sqrt(Math.Max(0, value.Real))), parts.EigenVectors);
    }
}
