using Mage.Checkpoints;
using Mage.Classification;
using Mage.Config;
using Mage.Data;
using Mage.Generation;
using Mage.Model;
using Mage.Tokenizer;
using MageDsl;

namespace Mage.Training;

/// <summary>The tokenizer, MAGE and the classifier of this project as the parts of a run.</summary>
public sealed class RunParts : IRunParts
{
    /// <inheritdoc/>
    public ITrainingStage Tokenizer(RunConfig config, ImageSet images) => new TokenizerStage(config, images);

    /// <inheritdoc/>
    public ITrainingStage Mage(RunConfig config, ImageSet images, RunFolder folder)
        => new MageStage(config, images, Tokenizer(config, folder), folder.AveragedWeights);

    /// <inheritdoc/>
    public ITrainingStage Classifier(RunConfig config, ImageSet images) => new ClassifierStage(config, images);

    /// <inheritdoc/>
    public ITrainedModels Load(RunConfig config, RunFolder folder, TrainedWeights? weights = null)
    {
        var path = folder.MageWeights(weights);
        var model = MaskedGenerativeEncoder.Create(config, Initializer.ForLoading());
        if (path == folder.AveragedWeights)
        {
            Load(path, model, "without that file, the weights of the last step are used");
        }
        else
        {
            Load(folder, "mage", model);
        }

        return new TrainedModels(config, Tokenizer(config, folder), model);
    }

    /// <inheritdoc/>
    public ITrainedTokenizer LoadTokenizer(RunConfig config, RunFolder folder) => new TrainedTokenizer(config, Tokenizer(config, folder));

    /// <inheritdoc/>
    public ITrainedClassifier LoadClassifier(RunConfig config, RunFolder folder)
    {
        var model = new ImageClassifier(config.Classifier, config.Data.Channels, ClassNames.Read(folder).Length, Initializer.ForLoading());
        Load(folder, "classifier", model);
        return new TrainedClassifier(config, model);
    }

    /// <inheritdoc/>
    public ITrainedTokenizer ReadTokenizer(RunConfig config, string path)
    {
        var tokenizer = Tokenizer(config);
        ModelFile.Load(path, tokenizer);
        return new TrainedTokenizer(config, tokenizer);
    }

    private static VectorQuantizedAutoencoder Tokenizer(RunConfig config)
        => new(config.Tokenizer, config.Data.Channels, new Initializer(config.Seed));

    private static VectorQuantizedAutoencoder Tokenizer(RunConfig config, RunFolder folder)
    {
        var tokenizer = Tokenizer(config);
        Load(folder, "tokenizer", tokenizer);
        return tokenizer;
    }

    private static void Load(RunFolder folder, string stage, Module model)
        => Load(folder.Weights(stage), model, $"without that file, mage-dsl train --resume {folder.Path} trains {stage} again");

    private static void Load(string path, Module model, string advice)
    {
        try
        {
            ModelFile.Load(path, model);
        }
        catch (UserErrorException e)
        {
            throw new UserErrorException($"{e.Message}; {advice}", e);
        }
    }
}
