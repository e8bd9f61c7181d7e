using Mage.Cli;
using Mage.Config;
using Mage.Tests.Data;
using Mage.Tests.Training;
using Mage.Training;
using Xunit;

namespace Mage.Tests.Cli;

/// <summary>Runs whose files are not what they were, and those that never came to their end.</summary>
public sealed class ChangedRunTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void OtherImagesAreNoticed()
    {
        Train();
        folder.Write("data/t10k-labels-idx1-ubyte", IdxTests.Idx([20], [.. Enumerable.Range(0, 20).Select(i => (byte)(i % 4 / 2))]));
        Refused("have changed since the run began (as many as there were, but not the same)", "train", "--resume", Run);
        Assert.Contains("note: the images", Output("probe", Run));
        folder.Write("data/train-images-idx3-ubyte", IdxTests.Idx([2, 8, 8], new byte[128]));
        folder.Write("data/train-labels-idx1-ubyte", IdxTests.Idx([2], 0, 1));
        Refused("40 to train on and 20 held out then, 2 and 20 now", "train", "--resume", Run);

        // Deleting what the run began with means it.
        File.Delete(Path.Combine(Run, "fingerprints.json"));
        Output("train", "--resume", Run);
        CommandTests.Data(folder);
        Refused("have changed", "train", "--resume", Run);
    }

    [Fact]
    public void ADigitOfASettingIsNoticed()
    {
        Train();
        var config = Path.Combine(Run, "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"seed\": 1", "\"seed\": 3"));
        foreach (var line in (string[][])[["train", "--resume", Run], ["generate", Run], ["probe", Run]])
        {
            Refused("config.json' has changed since the run began", line);
        }

        folder.Write("run/fingerprints.json", "{\"config\": 7}"u8.ToArray());
        Refused("fingerprints.json'", "generate", Run);
    }

    [Fact]
    public void OtherTokensAreNoticed()
    {
        Train();
        string[] first = ["train", "mage", "--preset", "tiny", "--data", folder["data"], "--tokenizer", Run, "--out", folder["second"]];
        var tokens = folder["tokens"];
        Output("tokenize", Run, "--out", tokens);
        Output([.. first, "--set", $"data.tokens={tokens}"]);
        Output("tokenize", Run, "--views", "2", "--flip", "--out", tokens);

        // What is trained to its end needs them no more.
        Output("train", "--resume", folder["second"]);
        File.Delete(folder["second", "mage.safetensors"]);
        Refused($"the tokens in '{tokens}' have changed since the run began", "train", "--resume", folder["second"]);
        Output("tokenize", Run, "--out", tokens);
        Output("train", "--resume", folder["second"]);
    }

    [Fact]
    public void AnotherPerceptualNetworkIsNoticed()
    {
        Train();
        var (run, network) = (RunFolder.Open(Run), folder.Write("network", [1, 2, 3]));
        var (config, images) = (Presets.Get("tiny"), FakeParts.DarkAndBright(Presets.Get("tiny")));
        config.Tokenizer.Perceptual.File = network;
        File.Delete(run.Weights("tokenizer"));
        Fingerprints.Of(run, config, images).Write(run);
        Assert.Null(Change());
        folder.Write("network", [1, 2, 4]);
        Assert.Equal($"the network in '{network}' has changed since the run began", Change());
        config.Tokenizer.Perceptual.LinearFile = folder["no-such"];
        Assert.Contains("no-such", Assert.Throws<UserErrorException>(Change).Message);

        string? Change() => Fingerprints.Of(run, config, images).ChangeSince(run, config, images);
    }

    [Fact]
    public void WhatIsNotFinishedSaysHowFarItIs()
    {
        Train();
        File.Delete(Path.Combine(Run, "mage.safetensors"));
        Refused("is not finished (mage is at step 20,", "generate", Run);
        Refused($"go on with: mage-dsl train --resume {Run}", "probe", Run);
    }

    [Fact]
    public void AFinishedRunCanBeResumedAndLosesTheCheckpointThatAKilledProcessLeft()
    {
        Train();
        folder.Write("run/mage.checkpoint.safetensors", [1]);
        Assert.Contains("mage is trained", Output("train", "--resume", Run));
        Assert.False(File.Exists(Path.Combine(Run, "mage.checkpoint.safetensors")));
    }

    [Fact]
    public void ADamagedCheckpointSaysWhatToDo()
    {
        Train();
        File.Delete(Path.Combine(Run, "mage.safetensors"));
        folder.Write("run/mage.checkpoint.safetensors", "x"u8.ToArray());
        Refused("without that file, --resume trains mage from its beginning", "train", "--resume", Run);
    }

    [Fact]
    public void ImagesGoOnlyWhereThereIsAFolder()
    {
        Train();
        Refused("does not exist", "generate", Run, "--out", folder["no", "x.png"]);
        Refused("it is a folder", "generate", Run, "--out", Run);
    }

    private string Run => folder["run"];

    private void Train() => Output("train", "--preset", "tiny", "--data", CommandTests.Data(folder), "--out", Run);

    private static string Output(params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        Assert.Equal((0, ""), (CommandTree.Run(args, new FakeParts(), output, error), error.ToString()));
        return output.ToString();
    }

    private static void Refused(string because, params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        Assert.Equal(2, CommandTree.Run(args, new FakeParts(), output, error));
        Assert.Contains(because, Assert.Single(error.ToString().TrimEnd().Split('\n')));
    }
}
