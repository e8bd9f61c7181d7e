using MageDsl.Devices;

namespace MageDsl;

/// <summary>
/// First values of parameters. Every tensor it makes counts as one parameter, whatever its kind, and its numbers depend only on the seed,
/// that index and the element: a model built twice from one seed has the same weights bit for bit.
/// Tensors are Float32 and belong to the current scope until a parameter takes them.
/// </summary>
/// <param name="seed">The run's seed.</param>
public sealed class Initializer(int seed)
{
    // Philox has one key. This keeps weights apart from the dropout of a run with the same seed.
    private const uint Purpose = 0x1B56C4E9;

    private bool draws = true;

    /// <summary>
    /// For a model whose weights are loaded at once: what would be drawn is zero, which takes no time to speak of. Constants are as they always are.
    /// </summary>
    public static Initializer ForLoading() => new(0) { draws = false };

    /// <summary>The index of the next parameter.</summary>
    public int Index { get; private set; }

    /// <summary>Zeros.</summary>
    public Tensor Zeros(params ReadOnlySpan<int> shape) => Constant(0, shape);

    /// <summary>Ones.</summary>
    public Tensor Ones(params ReadOnlySpan<int> shape) => Constant(1, shape);

    /// <summary>The same value everywhere.</summary>
    public Tensor Constant(double value, params ReadOnlySpan<int> shape)
    {
        Index++;
        return Tensor.Full(ElementType.Float32, value, shape);
    }

    /// <summary>Uniform in [-bound, bound).</summary>
    public Tensor Uniform(double bound, params ReadOnlySpan<int> shape)
    {
        if (!draws)
        {
            return Zeros(shape);
        }

        return Draw(shape, (first, _) => ((2 * Unit(first)) - 1) * bound);
    }

    /// <summary>Normal with mean 0 (Box-Muller: one draw of two words per element).</summary>
    public Tensor Normal(double deviation, params ReadOnlySpan<int> shape)
    {
        if (!draws)
        {
            return Zeros(shape);
        }

        return Draw(shape, (first, second) =>
        {
            var radius = Math.Sqrt(-2 * Math.Log(1 - Unit(first))); // 1 - u is never 0
            return radius * Math.Cos(2 * Math.PI * Unit(second)) * deviation;
        });
    }

    /// <summary>Xavier (Glorot) uniform, for weights [out, in, ...]: bound sqrt(6 / (fan in + fan out)).</summary>
    /// <exception cref="ArgumentException">Less than two dimensions.</exception>
    public Tensor XavierUniform(params ReadOnlySpan<int> shape)
    {
        var (fanIn, fanOut) = Fans(shape);
        return Uniform(Math.Sqrt(6.0 / (fanIn + fanOut)), shape);
    }

    /// <summary>What PyTorch gives a convolution or a linear layer, weights [out, in, ...]: bound 1 / sqrt(fan in).</summary>
    /// <exception cref="ArgumentException">Less than two dimensions.</exception>
    public Tensor KaimingUniform(params ReadOnlySpan<int> shape) => Uniform(1 / Math.Sqrt(Fans(shape).In), shape);

    /// <summary>What PyTorch gives the bias of such a layer, [out]: the bound of its weight.</summary>
    /// <param name="fanIn">Inputs to each output: input channels times filter size.</param>
    /// <param name="shape">The bias's shape.</param>
    public Tensor KaimingBias(int fanIn, params ReadOnlySpan<int> shape) => Uniform(1 / Math.Sqrt(fanIn), shape);

    private static (double In, double Out) Fans(ReadOnlySpan<int> shape)
    {
        if (shape.Length < 2)
        {
            throw new ArgumentException($"fans need a weight of at least two dimensions, not {Tensor.ShapeText(shape)}", nameof(shape));
        }

        var field = 1.0;
        foreach (var size in shape[2..])
        {
            field *= size;
        }

        return (shape[1] * field, shape[0] * field);
    }

    private static double Unit(uint word) => (word >> 8) * (1.0 / (1 << 24));

    /// <summary>One parameter, each element from the two words at its place; drawn by the host and written a piece at a time.</summary>
    private Tensor Draw(ReadOnlySpan<int> shape, Func<uint, uint, double> value)
    {
        const int Piece = 1 << 20;
        var tensor = Tensor.Empty(ElementType.Float32, shape);
        var piece = new float[Math.Min(tensor.Count, Piece)];
        for (var start = 0L; start < tensor.Count; start += Piece)
        {
            var values = piece.AsSpan(0, (int)Math.Min(Piece, tensor.Count - start));
            for (var i = 0; i < values.Length; i++)
            {
                var (first, second) = Philox.Draw((uint)(start + i), (uint)Index, (uint)seed ^ Purpose);
                values[i] = (float)value(first, second);
            }

            tensor.Write<float>(values, start);
        }

        Index++;
        return tensor;
    }
}
