using Mage.Config;
using Mage.Generation;

namespace Mage.Training;

/// <summary>Makes the parts of a run from its config; what is trained later reads what was trained before from the run folder.</summary>
public interface IRunParts
{
    /// <summary>The tokenizer, untrained.</summary>
    ITrainingStage Tokenizer(RunConfig config, Data.ImageSet images);

    /// <summary>MAGE, untrained, on the codes of the run's tokenizer.</summary>
    ITrainingStage Mage(RunConfig config, Data.ImageSet images, RunFolder folder);

    /// <summary>A classifier of the images, untrained.</summary>
    ITrainingStage Classifier(RunConfig config, Data.ImageSet images);

    /// <summary>A tokenizer that was trained elsewhere.</summary>
    /// <param name="config">The run that it is for.</param>
    /// <param name="path">A file with the weights of a tokenizer of the run's sizes.</param>
    /// <exception cref="UserErrorException">The file is missing, damaged, or does not fit the config; names the path.</exception>
    ITrainedTokenizer ReadTokenizer(RunConfig config, string path);

    /// <summary>The tokenizer, trained.</summary>
    /// <exception cref="UserErrorException">The weight file is missing, damaged, or does not fit the config; names the path.</exception>
    ITrainedTokenizer LoadTokenizer(RunConfig config, RunFolder folder);

    /// <summary>The classifier of a run that has trained one.</summary>
    /// <exception cref="UserErrorException">The weight file is missing, damaged, or does not fit the config; names the path.</exception>
    ITrainedClassifier LoadClassifier(RunConfig config, RunFolder folder);

    /// <summary>Both, trained.</summary>
    /// <param name="config">The run's settings.</param>
    /// <param name="folder">Where it is.</param>
    /// <param name="weights">With which weights of MAGE; null for the average if the run has it.</param>
    /// <exception cref="UserErrorException">A weight file is missing, damaged, or does not fit the config; names the path.</exception>
    ITrainedModels Load(RunConfig config, RunFolder folder, TrainedWeights? weights = null);
}
