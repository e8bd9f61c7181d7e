using Mage.Config;
using Mage.Data;
using Mage.Generation;
using Mage.Model;
using Mage.Perceptual;
using MageDsl;

namespace Mage.Training;

/// <summary>What a run trains on and by.</summary>
public static class RunInputs
{
    /// <summary>Finds, before a run folder is made, what would else only fail when the stage begins that needs it.</summary>
    /// <param name="config">The settings.</param>
    /// <param name="images">The images.</param>
    /// <param name="tokenizer">The tokenizer that MAGE is to be trained on; null if the run trains its own.</param>
    /// <exception cref="UserErrorException">Something cannot be read, or does not fit the rest.</exception>
    public static void Check(RunConfig config, ImageSet images, ITrainedTokenizer? tokenizer)
    {
        if (config.Train == TrainedParts.Classifier)
        {
            if (images.ClassNames.Count < 2)
            {
                throw new UserErrorException($"a classifier tells classes apart, and all images of '{images.Source}' are of one");
            }

            return;
        }

        if (tokenizer is null)
        {
            FeatureNetwork.Load(config.Tokenizer.Perceptual)?.Dispose();
        }

        if (config.Train == TrainedParts.All)
        {
            CheckMage(config, images, tokenizer);
        }
    }

    private static void CheckMage(RunConfig config, ImageSet images, ITrainedTokenizer? tokenizer)
    {
        if (config.Mage.ClassConditional && images.ClassNames.Count > Vocabulary.MaxClasses)
        {
            throw new UserErrorException(
                $"mage.classConditional needs at most {Vocabulary.MaxClasses} classes, and '{images.Source}' has {images.ClassNames.Count}; "
                + "without them: --set mage.classConditional=false --set sampling.guidance=0");
        }

        if (config.Data.Tokens is { } tokens && tokenizer is not null)
        {
            Tokenization.Open(tokens, config, images, tokenizer.Fingerprint).Dispose();
        }

        if (config.Mage.Training.NoDecay.Length > 0)
        {
            using var model = MaskedGenerativeEncoder.Create(config, Initializer.ForLoading());
            ParameterGroups.WithoutDecay(model, config.Mage.Training);
        }
    }
}
