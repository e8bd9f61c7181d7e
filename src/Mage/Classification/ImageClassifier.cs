using Mage.Config;
using Mage.Model;
using Mage.Tokenizer;
using MageDsl;
using static Mage.Classification.ClassifierKernels;
using static MageDsl.Layers.Convolutions;

namespace Mage.Classification;

/// <summary>
/// A small convolutional classifier: twice it halves the image and doubles the channels, by a residual block each, and decides by the means of what
/// comes out.
/// </summary>
public sealed class ImageClassifier : Module
{
    private readonly Convolution first;
    private readonly ResidualBlock[] blocks;
    private readonly Norm norm;
    private readonly Dense classes;

    /// <summary>A classifier with random weights.</summary>
    /// <param name="config">Sizes.</param>
    /// <param name="colors">Colour channels of an image.</param>
    /// <param name="count">How many classes there are.</param>
    /// <param name="initial">Gives the weights.</param>
    public ImageClassifier(ClassifierConfig config, int colors, int count, Initializer initial)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(initial);
        first = Child("first", new Convolution(config.Channels, colors, 3, bias: true, initial));
        blocks = [.. Enumerable.Range(0, ClassifierConfig.Halvings).Select(i
            => Child($"blocks.{i}", new ResidualBlock(config.Channels << i, config.Channels << (i + 1), initial)))];
        norm = Child("norm", new Norm(config.Features, initial));
        classes = Child("classes", new Dense(count, config.Features, initial));
    }

    /// <summary>What it decides by.</summary>
    /// <param name="images"><c>[b, colors, h, w]</c>, values in [0, 1].</param>
    /// <returns><c>[b, features]</c>.</returns>
    public Tensor Features(Tensor images)
        => NormSwishMean(blocks.Aggregate(first.Forward(images), (x, block) => block.Forward(AveragePool2x2(x))), norm.Weight, norm.Bias);

    /// <summary>The loss of images whose classes are known, and the share that it takes for what they are; scalars.</summary>
    /// <param name="images"><c>[b, colors, h, w]</c>, values in [0, 1].</param>
    /// <param name="labels"><c>[b]</c>.</param>
    public (Tensor Loss, Tensor Accuracy) Loss(Tensor images, Tensor labels) => ClassLoss(Features(images), classes.Weight, classes.Bias, labels);

    /// <summary>The same of images that may be of several classes; right is the likeliest.</summary>
    /// <param name="images"><c>[b, colors, h, w]</c>, values in [0, 1].</param>
    /// <param name="targets">Probabilities of the classes, <c>[b, classes]</c>.</param>
    public (Tensor Loss, Tensor Accuracy) SoftLoss(Tensor images, Tensor targets)
        => SoftClassLoss(Features(images), classes.Weight, classes.Bias, targets);

    /// <summary>What it takes images for that have these features.</summary>
    /// <param name="features"><c>[b, features]</c>.</param>
    /// <returns>Classes, <c>[b]</c>.</returns>
    public Tensor Decide(Tensor features) => LikeliestClass(features, classes.Weight, classes.Bias);
}
