using Mage.Config;
using MageDsl;
using static Mage.Model.ContrastKernels;

namespace Mage.Model;

/// <summary>
/// The two layers on the encoder's output that a contrastive loss is measured behind. Only training has them: features are taken before them.
/// </summary>
/// <remarks>
/// Li et al., "MAGE", arXiv 2211.09117, section 3.3. The official code was published without it; keys and sizes are this project's.
/// </remarks>
public sealed class ContrastHead : Module
{
    private readonly ContrastConfig config;

    internal ContrastHead(ContrastConfig config, int width, Initializer initial)
    {
        this.config = config with { };
        Fc1 = Child("fc1", new Dense(config.Hidden, width, initial));
        Fc2 = Child("fc2", new Dense(config.Outputs, config.Hidden, initial));
    }

    /// <summary>To the hidden units.</summary>
    public Dense Fc1 { get; }

    /// <summary>To the vectors that are compared.</summary>
    public Dense Fc2 { get; }

    /// <summary>The vectors of images.</summary>
    /// <param name="latent">The encoder's output, <c>[b, k, width]</c>, the class token first.</param>
    /// <returns>Vectors of length 1, <c>[b, outputs]</c>.</returns>
    public Tensor Vectors(Tensor latent) => Project(
        latent, Fc1.Weight, Fc1.Bias, Fc2.Weight, Fc2.Bias,
        gelu: config.Activation == HeadActivation.Gelu, withClassToken: config.PoolClassToken);

    /// <summary>The loss of two sides.</summary>
    /// <param name="first">Vectors of length 1, <c>[b, outputs]</c>.</param>
    /// <param name="second">Their positives, <c>[b, outputs]</c>.</param>
    /// <returns>A scalar, in nats.</returns>
    public Tensor Loss(Tensor first, Tensor second)
        => config.Loss == ContrastLoss.NtXent ? NtXent(first, second, config.Temperature) : InfoNce(first, second, config.Temperature);
}
