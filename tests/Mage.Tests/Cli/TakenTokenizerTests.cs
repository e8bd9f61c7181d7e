using Mage.Data;
using static Mage.Tests.Cli.CommandTests;

namespace Mage.Tests.Cli;

/// <summary>A tokenizer that one run trains and another takes.</summary>
public class TakenTokenizerTests
{
    [Fact]
    public void ATokenizerIsTrainedAloneAndTakenByAnotherRun()
    {
        using var folder = new TemporaryFolder();
        var (data, first, second) = (CommandTests.Data(folder), folder["first"], folder["second"]);
        var (code, output, _) = Run(
            "train", "tokenizer", "--preset", "tiny", "--data", data, "--out", first, "--tokenizer-steps", "4", "--set", "tokenizer.codebookSize=40");
        Assert.Equal(0, code);
        Assert.Contains("reconstruction PSNR", output);
        Assert.DoesNotContain("masked-token", output);
        Assert.False(File.Exists(Path.Combine(first, "mage.safetensors")));
        Assert.True(File.Exists(Path.Combine(first, "reconstructions.png")));
        Refused($"train MAGE on it with: mage-dsl train mage --tokenizer {first}", "generate", first);
        Assert.Equal(0, Run("train", "--resume", first).Code);

        Assert.Equal(0, Run("tokenize", first, "--views", "2", "--flip", "--out", folder["tokens"]).Code);
        using (var tokens = TokenFile.Open(folder["tokens"]))
        {
            Assert.Equal((40, 2, 40, "fake"), (tokens.Head.Images, tokens.Head.Views, tokens.Head.Codes, tokens.Head.Tokenizer));
        }

        Refused("3 views of an image need crops to differ by", "tokenize", first, "--views", "3", "--flip");
        Refused("one view of a whole image has neither", "tokenize", first, "--flip");
        Refused("--crop is 'big'; it should be one of none, weak, strong", "tokenize", first, "--crop", "big");

        Assert.Equal(0, Run("train", "mage", "--preset", "tiny", "--data", data, "--out", second, "--tokenizer", first, "--mage-steps", "3").Code);
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(first, "tokenizer.safetensors")), File.ReadAllBytes(Path.Combine(second, "tokenizer.safetensors")));
        Assert.Contains("\"codebookSize\": 40", File.ReadAllText(Path.Combine(second, "config.json")));
        Assert.Equal(0, Run("generate", second, "--count", "1").Code);
        Refused("'tokenizer' cannot be given with it", "train", "tokenizer", "--resume", first);

        string[] third = ["train", "--preset", "tiny", "--data", data, "--out", folder["third"]];
        Refused("data.tokens needs the tokenizer that made them", [.. third, "--set", $"data.tokens={folder["tokens"]}"]);
        Refused("cannot read the tokens in", [.. third, "--tokenizer", first, "--set", $"data.tokens={folder["no-such"]}"]);
        foreach (var other in (string[][])[["--channels", "3"], ["--set", "data.channels=3"], ["--set", "tokenizer.codebookSize=32"]])
        {
            Refused($"{string.Join(' ', other)} contradicts the run '{first}'", [.. third, "--tokenizer", first, .. other]);
        }

        Refused("so --tokenizer-steps is not for it", [.. third, "--tokenizer", first, "--tokenizer-steps", "9"]);
        Assert.False(Directory.Exists(folder["third"]));
        var relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), folder["tokens"]);
        string[] same = ["--channels", "1", "--set", "tokenizer.codebookSize=40", "--set", "data.imageSize=16"];
        Assert.Equal(0, Run([.. third, "--tokenizer", first, "--mage-steps", "3", "--set", $"data.tokens={relative}", .. same]).Code);
        Assert.Contains($"\"tokens\": \"{folder["tokens"]}\"", File.ReadAllText(folder["third", "config.json"]));

        // A tokenizer sees images of any size; the size is the first's unless another is asked for.
        string[] larger = ["train", "--data", data, "--out", folder["larger"], "--tokenizer", first, "--mage-steps", "3"];
        Assert.Equal(0, Run([.. larger, "--set", "data.imageSize=32"]).Code);
        Assert.Contains("\"imageSize\": 32", File.ReadAllText(folder["larger", "config.json"]));
    }
}
