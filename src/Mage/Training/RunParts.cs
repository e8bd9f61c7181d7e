using Mage.Checkpoints;
using Mage.Config;
using Mage.Data;
using Mage.Model;
using Mage.Tokenizer;
using MageDsl;

namespace Mage.Training;

/// <summary>The tokenizer and MAGE of this project as the parts of a run.</summary>
public sealed class RunParts : IRunParts
{
    /// <inheritdoc/>
    public ITrainingStage Tokenizer(RunConfig config, ImageSet images) => new TokenizerStage(config, images);

    /// <inheritdoc/>
    public ITrainingStage Mage(RunConfig config, ImageSet images, RunFolder folder)
        => new MageStage(config, images.Train, LoadTokenizer(config, folder));

    /// <inheritdoc/>
    public ITrainedModels Load(RunConfig config, RunFolder folder)
    {
        var model = MaskedGenerativeEncoder.Create(config, new Initializer(config.Seed));
        Load(folder, "mage", model);
        return new TrainedModels(config, LoadTokenizer(config, folder), model);
    }

    private static VectorQuantizedAutoencoder LoadTokenizer(RunConfig config, RunFolder folder)
    {
        var tokenizer = new VectorQuantizedAutoencoder(config.Tokenizer, config.Data.Channels, new Initializer(config.Seed));
        Load(folder, "tokenizer", tokenizer);
        return tokenizer;
    }

    private static void Load(RunFolder folder, string stage, Module model)
    {
        try
        {
            ModelFile.Load(folder.Weights(stage), model);
        }
        catch (UserErrorException e)
        {
            throw new UserErrorException($"{e.Message}; without that file, mage-dsl train --resume {folder.Path} trains {stage} again", e);
        }
    }
}
