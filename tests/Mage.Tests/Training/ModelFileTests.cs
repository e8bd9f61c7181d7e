using Mage.Checkpoints;
using Mage.Config;
using Mage.Model;
using Mage.Tokenizer;
using Mage.Training;
using MageDsl;

namespace Mage.Tests.Training;

/// <summary>Weights and training states on disk, whole and spoiled.</summary>
public sealed class ModelFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string FilePath => Path.Combine(folder.Path, "mage.safetensors");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void WeightsComeBack()
    {
        var saved = Model(seed: 1);
        ModelFile.Save(FilePath, saved);
        var loaded = Model(seed: 2);
        Assert.NotEqual(TinyRuns.Weights(saved), TinyRuns.Weights(loaded));
        ModelFile.Load(FilePath, loaded);
        Assert.Equal(TinyRuns.Weights(saved), TinyRuns.Weights(loaded));
    }

    [Fact]
    public void ATokenizerInsideTheFileIsPassedOver()
    {
        var saved = Model(seed: 1);
        Safetensors.Write(FilePath, [.. saved.StateDict(), new("vqgan.quantize.embedding.weight", Tensor.From([1f, 2f], 1, 2))]);
        var loaded = Model(seed: 2);
        ModelFile.Load(FilePath, loaded);
        Assert.Equal(TinyRuns.Weights(saved), TinyRuns.Weights(loaded));
    }

    [Fact]
    public void AnotherSizeIsRefusedWithBothShapes()
    {
        ModelFile.Save(FilePath, Model(seed: 1));
        var run = Presets.Get("tiny");
        run.Mage.EmbedDim = 64;
        var error = Assert.Throws<UserErrorException>(() => ModelFile.Load(FilePath, MaskedGenerativeEncoder.Create(run, new Initializer(1))));
        Assert.Contains(FilePath, error.Message);
        Assert.Contains("cls_token (expected Float32 [1, 1, 64], found Float32 [1, 1, 32])", error.Message);
    }

    [Fact]
    public void AMissingKeyIsNamed()
    {
        Safetensors.Write(FilePath, Model(seed: 1).StateDict().Where(pair => pair.Key != "norm.bias"));
        Assert.Contains("norm.bias", Assert.Throws<UserErrorException>(() => ModelFile.Load(FilePath, Model(seed: 1))).Message);
    }

    [Fact]
    public void ATruncatedFileIsRefused()
    {
        ModelFile.Save(FilePath, Model(seed: 1));
        File.WriteAllBytes(FilePath, File.ReadAllBytes(FilePath)[..1000]);
        Assert.Contains(FilePath, Assert.Throws<UserErrorException>(() => ModelFile.Load(FilePath, Model(seed: 1))).Message);
    }

    [Fact]
    public void AMissingFileIsNamed()
        => Assert.Contains(FilePath, Assert.Throws<UserErrorException>(() => ModelFile.Load(FilePath, Model(seed: 1))).Message);

    [Fact]
    public void AFolderThatDoesNotExistIsNamed()
    {
        var path = Path.Combine(folder.Path, "nowhere", "mage.safetensors");
        Assert.Contains("nowhere", Assert.Throws<UserErrorException>(() => ModelFile.Save(path, Model(seed: 1))).Message);
    }

    [Fact]
    public void WeightsAloneAreNoTrainingState()
    {
        using var trainer = new TokenizerTrainer(TinyRuns.Config(steps: 10));
        ModelFile.Save(FilePath, trainer.Model);
        Assert.Contains("codebook.usage", Assert.Throws<UserErrorException>(() => trainer.Load(FilePath)).Message);
    }

    [Fact]
    public void WeightsOfTheOtherModelAreCalledByTheirName()
    {
        var config = Presets.Get("tiny");
        var tokenizer = new VectorQuantizedAutoencoder(config.Tokenizer, config.Data.Channels, new Initializer(1));
        ModelFile.Save(FilePath, Model(seed: 1));
        Refused("holds MAGE, not a tokenizer; a run keeps a tokenizer in tokenizer.safetensors", tokenizer);
        ModelFile.Save(FilePath, tokenizer);
        Refused("holds a tokenizer, not MAGE; a run keeps MAGE in mage.safetensors", Model(seed: 1));
        using var trainer = new TokenizerTrainer(TinyRuns.Config(steps: 10));
        trainer.Save(FilePath);
        Refused("holds the state of a training that is not finished", tokenizer);

        void Refused(string because, Module model)
        {
            var message = Assert.Throws<UserErrorException>(() => ModelFile.Load(FilePath, model)).Message;
            Assert.StartsWith($"'{FilePath}'", message);
            Assert.Contains(because, message);
        }
    }

    [Fact]
    public void AFlippedBitIsFoundInEveryFileOfARun()
    {
        using var trainer = new TokenizerTrainer(TinyRuns.Config(steps: 10));
        trainer.Save(FilePath);
        var whole = File.ReadAllBytes(FilePath);
        for (var at = 0; at < whole.Length; at += 50_021)
        {
            whole[at] ^= 4;
            File.WriteAllBytes(FilePath, whole);
            Assert.Contains(FilePath, Assert.Throws<UserErrorException>(() => trainer.Load(FilePath)).Message);
            whole[at] ^= 4;
        }
    }

    [Fact]
    public void A_tokenizer_is_read_out_of_a_MAGE_file_that_carries_it()
    {
        var run = Presets.Get("tiny");
        using var tokenizer = new VectorQuantizedAutoencoder(run.Tokenizer, run.Data.Channels, new Initializer(1));
        using var model = Model(seed: 2);
        var carried = tokenizer.StateDict().Select(pair => KeyValuePair.Create($"vqgan.{pair.Key}", pair.Value));
        Safetensors.Write(FilePath, [.. model.StateDict(), .. carried]);

        using var loadedTokenizer = new VectorQuantizedAutoencoder(run.Tokenizer, run.Data.Channels, Initializer.ForLoading());
        using var loadedModel = MaskedGenerativeEncoder.Create(run, Initializer.ForLoading());
        ModelFile.Load(FilePath, loadedTokenizer);
        ModelFile.Load(FilePath, loadedModel);
        Assert.Equal(tokenizer.Codebook.Value.ToArray<float>(), loadedTokenizer.Codebook.Value.ToArray<float>());
        Assert.Equal(model.DecoderPositions.Value.ToArray<float>(), loadedModel.DecoderPositions.Value.ToArray<float>());
    }

    private static MaskedGenerativeEncoder Model(int seed) => MaskedGenerativeEncoder.Create(Presets.Get("tiny"), new Initializer(seed));
}
