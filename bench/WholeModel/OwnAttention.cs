using System.Diagnostics;
using MageDsl;
using MageDsl.Devices;
using static MageDsl.Layers.Activations;
using static MageDsl.Ops;

namespace Bench.WholeModel;

/// <summary>Attention without projections or dropout, as this assembly compiled it: 16 images, 12 heads of 64, 257 tokens.</summary>
internal sealed class OwnAttention : IContestant
{
    private const int Heads = 12;
    private const int Channels = 64;

    /// <summary>How tables name it.</summary>
    public const string Name = "attention, 16 x 12 heads of 64, 257 tokens";

    private readonly Sequence images = new(batch: 16, tokens: 257);

    /// <inheritdoc/>
    /// <remarks><c>step</c>: seconds of the forward pass, and of forward and backward.</remarks>
    public double[] Do(string what)
    {
        if (what != "step")
            throw new ArgumentException($"attention does step, not '{what}'", nameof(what));
        var start = Stopwatch.GetTimestamp();
        images.Forward();
        var middle = Stopwatch.GetTimestamp();
        images.ForwardBackward();
        return [Stopwatch.GetElapsedTime(start, middle).TotalSeconds, Stopwatch.GetElapsedTime(middle).TotalSeconds];
    }

    /// <summary>
    /// Bytes in use at the peak of forward and backward for one image of so many tokens, beyond queries, keys, values and their gradients.
    /// </summary>
    public static long PeakBytes(int tokens)
    {
        using var one = new Sequence(1, tokens);
        var before = Device.Default.Pool.InUseBytes;
        Device.Default.Pool.ResetPeak();
        one.ForwardBackward();
        return Device.Default.Pool.PeakBytes - before - 3L * sizeof(float) * Heads * tokens * Channels;
    }

    public void Dispose() => images.Dispose();

    private sealed class Sequence : IDisposable
    {
        private readonly Tensor query, key, value, upstream;

        public Sequence(int batch, int tokens)
        {
            var random = new Random(1);
            (query, key, value, upstream) = (Next(), Next(), Next(), Next());

            Tensor Next()
            {
                var tensor = TensorScope.Detach(Tensor.Empty(ElementType.Float32, batch, Heads, tokens, Channels));
                foreach (ref var element in tensor.WritableSpan<float>())
                    element = 2 * random.NextSingle() - 1;
                return tensor;
            }
        }

        public void Forward()
        {
            using var scope = new TensorScope();
            AttentionKernels.Attend(query, key, value);
        }

        public void ForwardBackward()
        {
            using var scope = new TensorScope();
            using var tape = new GradientTape();
            foreach (var tensor in (Tensor[])[query, key, value])
                tape.Watch(tensor);
            var result = AttentionKernels.Attend(query, key, value);
            // Stands in for the layers above: a loss that costs nothing and sends a gradient down.
            var loss = Tensor.Zeros(ElementType.Float32);
            tape.Record([result], [loss], (_, _) => [upstream]);
            tape.Backward(loss);
        }

        public void Dispose()
        {
            foreach (var tensor in (Tensor[])[query, key, value, upstream])
                tensor.Dispose();
        }
    }
}

/// <summary>What <see cref="OwnAttention"/> measures.</summary>
public static partial class AttentionKernels
{
    /// <summary>Softmax attention: queries <c>[b, h, t, e]</c>, keys and values <c>[b, h, u, e]</c>.</summary>
    [Kernel]
    [return: Dims("b h t e")]
    public static Expr Attend([Dims("b h t e")] Expr query, [Dims("b h u e")] Expr key, [Dims("b h u e")] Expr value)
        => Sum(Softmax(Sum(query * key, over: "e") * Rsqrt(query.Size("e"))) * value, over: "u");
}
