using Mage.Checkpoints;
using Mage.Config;

namespace Mage.Training;

/// <summary>
/// Makes a small run folder of a finished run, with what it takes to use it and no more: settings, names of classes, weights. Where the files were
/// that it was trained with is left out, since they are not there for others.
/// </summary>
public static class RunExport
{
    /// <summary>Makes the folder.</summary>
    /// <param name="source">A finished run.</param>
    /// <param name="output">The folder, new or empty.</param>
    /// <param name="weights">Which weights of MAGE it gets; null for the average if the run has it.</param>
    /// <exception cref="UserErrorException">A file cannot be read, or the folder cannot be made.</exception>
    public static RunFolder Make(RunFolder source, string output, TrainedWeights? weights = null)
    {
        var config = Fingerprints.ReadConfig(source);
        var files = StageRunner.Of(config.Train).ToDictionary(
            stage => stage, stage => stage == "mage" ? source.MageWeights(weights) : source.Weights(stage));
        var names = File.Exists(source.Classes) ? ClassNames.Read(source) : null;
        var folder = RunFolder.Create(output);
        foreach (var (stage, file) in files)
        {
            CheckpointConverter.Convert(file, folder.Weights(stage));
        }

        if (names is not null)
        {
            ClassNames.Write(folder, names);
        }

        (config.Data.Path, config.Data.Tokens) = (null, null);
        (config.Tokenizer.Perceptual.File, config.Tokenizer.Perceptual.LinearFile) = (null, null);

        // Last, since a folder with settings is a run.
        RunConfigJson.Write(folder.Config, config);
        return folder;
    }
}
