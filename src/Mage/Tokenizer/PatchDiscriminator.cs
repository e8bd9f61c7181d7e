using MageDsl;
using static Mage.Tokenizer.DiscriminatorKernels;

namespace Mage.Tokenizer;

/// <summary>
/// Tells real images from reconstructions, patch by patch: each of its logits sees a part of the image. It halves the image some times,
/// then convolves twice more; every convolution but the first and the last is normalized over the batch.
/// </summary>
/// <remarks>
/// Isola et al., arXiv 1611.07004, with the names, shapes and first values of the reference implementation (CompVis/taming-transformers,
/// <c>NLayerDiscriminator</c>). Its <c>num_batches_tracked</c> is left out: nothing reads it.
/// </remarks>
public sealed class PatchDiscriminator : Module
{
    // Channels grow with every halving up to this multiple of the first.
    private const int MaxMultiple = 8;

    private readonly Layers main;

    /// <summary>A discriminator with random weights.</summary>
    /// <param name="colors">Colour channels of an image.</param>
    /// <param name="channels">Channels after the first convolution.</param>
    /// <param name="layers">How often the image is halved; an image needs 3 · 2^layers pixels a side for a logit.</param>
    /// <param name="initial">Gives the weights.</param>
    public PatchDiscriminator(int colors, int channels, int layers, Initializer initial)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(colors, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(layers, 1);
        ArgumentNullException.ThrowIfNull(initial);
        main = Child("main", new Layers(colors, channels, layers, initial));
    }

    /// <summary>The logits of images, above 0 for those taken for real; normalized by the statistics of this batch, as in training.</summary>
    /// <param name="images"><c>[b, colors, h, w]</c>.</param>
    /// <param name="moveStatistics">Whether the running statistics, which the weight file keeps, move towards those of the batch.</param>
    /// <returns><c>[b, 1, h / 2^layers - 2, w / 2^layers - 2]</c>.</returns>
    public Tensor Forward(Tensor images, bool moveStatistics)
        => Sequential.Run(images,
        [
            x => HalvingConv4x4LeakyRelu(x, main.First.Weight, main.First.Bias!),
            .. main.Inner.Select((layer, i) => (Func<Tensor, Tensor>)(x => layer.Norm.Forward(
                i < main.Inner.Count - 1 ? HalvingConv4x4(x, layer.Convolution.Weight) : Conv4x4(x, layer.Convolution.Weight), moveStatistics))),
            x => Conv4x4Bias(x, main.Last.Weight, main.Last.Bias!),
        ]);

    /// <summary>The layers at their places in the reference's list, where activations are counted too.</summary>
    private sealed class Layers : Module
    {
        public Layers(int colors, int channels, int layers, Initializer initial)
        {
            First = Child("0", new Filters(channels, colors, bias: true, initial));
            var (inputs, inner) = (channels, new List<(Filters, BatchNorm)>());
            for (var layer = 1; layer <= layers; layer++)
            {
                var outputs = channels * Math.Min(1 << layer, MaxMultiple);
                var place = 3 * layer - 1;
                inner.Add((
                    Child($"{place}", new Filters(outputs, inputs, bias: false, initial)),
                    Child($"{place + 1}", new BatchNorm(outputs, initial))));
                inputs = outputs;
            }

            Inner = inner;
            Last = Child($"{3 * layers + 2}", new Filters(1, inputs, bias: true, initial));
        }

        public Filters First { get; }

        public IReadOnlyList<(Filters Convolution, BatchNorm Norm)> Inner { get; }

        public Filters Last { get; }
    }

    private sealed class Filters : Module
    {
        private const int Size = 4;

        public Filters(int outputs, int inputs, bool bias, Initializer initial)
        {
            Weight = Add("weight", initial.Normal(0.02, outputs, inputs, Size, Size));
            Bias = bias ? Add("bias", initial.KaimingBias(inputs * Size * Size, outputs)) : null;
        }

        public Parameter Weight { get; }

        public Parameter? Bias { get; }
    }

    private sealed class BatchNorm : Module
    {
        private readonly Parameter weight;
        private readonly Parameter bias;
        private readonly Parameter mean;
        private readonly Parameter variance;

        public BatchNorm(int channels, Initializer initial)
        {
            // Around 1, not around 0.
            using var scope = new TensorScope();
            weight = Add("weight", AdversarialKernels.WeightedSum(initial.Ones(channels), initial.Normal(0.02, channels)));
            bias = Add("bias", initial.Zeros(channels));
            mean = Add("running_mean", initial.Zeros(channels), requiresGrad: false);
            variance = Add("running_var", initial.Ones(channels), requiresGrad: false);
        }

        public Tensor Forward(Tensor image, bool moveStatistics)
        {
            var (result, batchMean, batchVariance) = BatchNormLeakyRelu(image, weight, bias);
            if (moveStatistics)
            {
                var values = (double)image.Count / image.Shape[1];
                MoveStatistics(mean, variance, batchMean, batchVariance, unbiased: (float)(values / Math.Max(1, values - 1)));
            }

            return result;
        }
    }
}
