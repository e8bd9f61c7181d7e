using Mage.Checkpoints;
using Mage.Checkpoints.Stored;
using Mage.Config;
using Mage.Model;
using Mage.Tokenizer;
using MageDsl;

namespace Mage.Training;

/// <summary>Makes a run folder out of weights that were trained elsewhere, so that it can be generated from and probed as any other.</summary>
public static class RunImport
{
    /// <summary>Makes the folder. Both files are read, and found to fit, before it is made.</summary>
    /// <param name="mage">A file that holds MAGE.</param>
    /// <param name="tokenizer">A file that holds its tokenizer; null if the first does as well, as the official ones do.</param>
    /// <param name="output">The folder, new or empty.</param>
    /// <param name="heads">Heads of attention of the encoder and of the decoder, if no preset has models of these sizes.</param>
    /// <returns>The folder, its settings, and what was changed to make the weights fit.</returns>
    /// <exception cref="UserErrorException">A file cannot be read, the two do not fit each other, or the folder cannot be made.</exception>
    public static (RunFolder Folder, RunConfig Config, IReadOnlyList<string> Notes) Make(
        string mage, string? tokenizer, string output, (int? Encoder, int? Decoder) heads = default)
    {
        using var file = WeightFile.Open(mage);
        using var other = tokenizer is null ? null : WeightFile.Open(tokenizer);
        var (tokenizerPath, tokenizerFile) = (tokenizer ?? mage, other ?? file);
        var config = Named(mage, () => ModelSizes.Infer(
            WeightPart.Select(tokenizerPath, tokenizerFile.Tensors, WeightPart.Tokenizer.Name),
            WeightPart.Select(mage, file.Tensors, WeightPart.Mage.Name), heads));
        using var model = MaskedGenerativeEncoder.Create(config, Initializer.ForLoading());
        using var codes = new VectorQuantizedAutoencoder(config.Tokenizer, config.Data.Channels, Initializer.ForLoading());
        IReadOnlyList<string> notes = [.. ModelFile.Load(mage, file, model), .. ModelFile.Load(tokenizerPath, tokenizerFile, codes)];

        var folder = RunFolder.Create(output);
        using var held = RunLock.Take(folder);
        folder.RequireEmpty();
        ModelFile.Save(folder.Weights("tokenizer"), codes);
        ModelFile.Save(folder.Weights("mage"), model);

        // Last, since a folder with settings is a run.
        RunConfigJson.Write(folder.Config, config);
        return (folder, config, notes);
    }

    private static RunConfig Named(string path, Func<RunConfig> infer)
    {
        try
        {
            return infer();
        }
        catch (UserErrorException e) when (!e.Message.StartsWith('\''))
        {
            throw new UserErrorException($"'{path}': {e.Message}", e);
        }
    }
}
