namespace Mage.Data;

/// <summary>Which pixels of a row or a column make a new one.</summary>
/// <param name="Start">The first of them.</param>
/// <param name="Weights">Their weights as fixed-point numbers; they add up to about 1.</param>
internal readonly record struct ResampleWeights(int Start, int[] Weights)
{
    /// <summary>After the last of them.</summary>
    public int End => Start + Weights.Length;

    /// <summary>
    /// The weights of a window of an axis, in the order of operations of PIL's <c>precompute_coeffs</c>, on which the last bit depends.
    /// </summary>
    /// <param name="size">Pixels there are.</param>
    /// <param name="from">The left edge of what becomes the new axis.</param>
    /// <param name="to">Its right edge.</param>
    /// <param name="newSize">Pixels of the new axis.</param>
    /// <param name="first">The first pixel of the window on the new axis.</param>
    /// <param name="count">Pixels in the window.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="fractionBits">Bits behind the point.</param>
    public static ResampleWeights[] Make(int size, float from, float to, int newSize, int first, int count, ResampleFilter filter, int fractionBits)
    {
        if (newSize == size && from == 0 && to == size)
        {
            return [.. Enumerable.Range(first, count).Select(i => new ResampleWeights(i, [1 << fractionBits]))];
        }

        var scale = (double)(to - from) / newSize;
        var widening = Math.Max(scale, 1);
        var support = (filter == ResampleFilter.Bicubic ? 2.0 : 1.0) * widening;
        var result = new ResampleWeights[count];
        for (var i = 0; i < count; i++)
        {
            var center = from + ((first + i + 0.5) * scale);
            var start = Math.Max((int)(center - support + 0.5), 0);
            var end = Math.Min((int)(center + support + 0.5), size);
            var weights = new double[end - start];
            var sum = 0.0;
            for (var j = 0; j < weights.Length; j++)
            {
                weights[j] = At(filter, (j + start - center + 0.5) * (1 / widening));
                sum += weights[j];
            }

            result[i] = new ResampleWeights(start, Array.ConvertAll(weights, weight => Fixed(sum == 0 ? weight : weight / sum, fractionBits)));
        }

        return result;
    }

    private static double At(ResampleFilter filter, double x)
    {
        const double A = -0.5;
        x = Math.Abs(x);
        return filter == ResampleFilter.Bilinear ? Math.Max(1 - x, 0)
            : x < 1 ? ((((A + 2) * x) - (A + 3)) * x * x) + 1
            : x < 2 ? ((((x - 5) * x) + 8) * x - 4) * A
            : 0;
    }

    private static int Fixed(double weight, int fractionBits) => (int)((weight * (1 << fractionBits)) + (weight < 0 ? -0.5 : 0.5));
}
