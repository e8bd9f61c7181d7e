using System.Globalization;
using Mage.Config;
using MageDsl;

namespace Mage.Training;

/// <summary>Which parameters of MAGE decay, and how fast each learns. Vectors and biases never decay: <see cref="AdamW.Decays"/>.</summary>
internal static class ParameterGroups
{
    private static readonly string[] Embeddings = ["cls_token", "mask_token", "pos_embed", "token_emb", "patch_embed"];

    /// <summary>The parameters that the settings exempt from weight decay.</summary>
    /// <exception cref="UserErrorException">A name of the settings is none of a parameter.</exception>
    public static IReadOnlyList<string> WithoutDecay(Module model, MageOptimizerConfig config)
    {
        var keys = model.StateDict().Keys;
        foreach (var name in config.NoDecay)
        {
            if (!keys.Any(key => Means(name, key)))
            {
                throw new UserErrorException(
                    $"mage.training.noDecay names '{name}', and no parameter's key is or begins so; keys are {string.Join(", ", keys.Take(3))}, …");
            }
        }

        return [.. keys.Where(key => config.NoDecay.Any(name => Means(name, key)))];
    }

    /// <summary>
    /// What the learning rate of a parameter is multiplied by (layer-wise decay): 1 from the encoder's end on, once more the decay for each block
    /// before, and again for the embeddings. As the official code's <c>util/lr_decay.py</c>.
    /// </summary>
    /// <remarks>Bao et al., "BEiT", arXiv 2106.08254; Clark et al., "ELECTRA", arXiv 2003.10555.</remarks>
    /// <param name="key">The key of the parameter.</param>
    /// <param name="depth">Blocks of the encoder.</param>
    /// <param name="decay">The factor of a block.</param>
    public static double Scale(string key, int depth, double decay)
    {
        var parts = key.Split('.');
        var layer = Embeddings.Contains(parts[0]) ? 0
            : parts[0] == "blocks" ? 1 + int.Parse(parts[1], CultureInfo.InvariantCulture)
            : depth + 1;
        return Math.Pow(decay, depth + 1 - layer);
    }

    private static bool Means(string name, string key) => key == name || key.StartsWith(name + ".", StringComparison.Ordinal);
}
