using Mage.Checkpoints;
using Mage.Data;
using Mage.Model;
using Mage.Tokenizer;
using MageDsl;

namespace Mage.Training;

/// <summary>The tokenizer and MAGE of this project as the parts of a run.</summary>
public sealed class RunParts : IRunParts
{
    /// <inheritdoc/>
    public ITrainingStage Tokenizer(RunConfig config, ImageSet images) => new TokenizerStage(config, images.Train);

    /// <inheritdoc/>
    public ITrainingStage Mage(RunConfig config, ImageSet images, RunFolder folder)
        => new MageStage(config, images.Train, LoadTokenizer(config, folder));

    /// <inheritdoc/>
    public ITrainedModels Load(RunConfig config, RunFolder folder)
    {
        var model = MaskedGenerativeEncoder.Create(config, new Initializer(config.Seed));
        ModelFile.Load(folder.Weights("mage"), model);
        return new TrainedModels(config, LoadTokenizer(config, folder), model);
    }

    private static VectorQuantizedAutoencoder LoadTokenizer(RunConfig config, RunFolder folder)
    {
        var tokenizer = new VectorQuantizedAutoencoder(config.Tokenizer, config.Data.Channels, new Initializer(config.Seed));
        ModelFile.Load(folder.Weights("tokenizer"), tokenizer);
        return tokenizer;
    }
}
