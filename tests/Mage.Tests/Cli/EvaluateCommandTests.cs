using Xunit;
using static Mage.Tests.Cli.CommandTests;

namespace Mage.Tests.Cli;

public class EvaluateCommandTests
{
    [Fact]
    public void GeneratedImagesAreEvaluatedByAClassifier()
    {
        using var folder = new TemporaryFolder();
        var (data, run, judge) = (CommandTests.Data(folder), folder["run"], folder["judge"]);
        Assert.Equal(0, Run("train", "--preset", "tiny", "--data", data, "--out", run, "--set", "mage.classConditional=true").Code);
        var (trained, accuracy, _) = Run("train", "classifier", "--preset", "tiny", "--data", data, "--out", judge);
        Assert.Equal(0, trained);
        Assert.Contains("classes recognised", accuracy);
        Refused("has no classifier", "evaluate", run, "--classifier", run);
        Refused("has a classifier alone", "generate", judge);
        Refused("--tokenizer is not for it", "train", "classifier", "--tokenizer", run);
        Refused("--order has 'up'; it should be one of confidence, halton, random", "evaluate", run, "--classifier", judge, "--order", "halton,up");
        Refused("--steps has 'x'; it should be a whole number", "evaluate", run, "--classifier", judge, "--steps", "4,x");
        Refused("sampling.iterations is 0", "evaluate", run, "--classifier", judge, "--steps", "4,0");
        Refused("--count is 1; it should be between 2 and", "evaluate", run, "--classifier", judge, "--count", "1");

        string[] line = ["evaluate", run, "--classifier", judge, "--count", "30", "--order", "confidence,halton", "--steps", "2,4"];
        var (code, output, error) = Run(line);
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("generated: halton, 4 steps, guidance 0", output);
        var rows = File.ReadAllLines(Path.Combine(run, "evaluation.csv"));
        Assert.Equal(1 + 3 + 4, rows.Length);

        // What is there is not measured again, and the next command adds to it.
        var again = Run(line).Output;
        Assert.Equal(output[output.IndexOf("By ", StringComparison.Ordinal)..], again[again.IndexOf("By ", StringComparison.Ordinal)..]);
        Assert.Equal(rows, File.ReadAllLines(Path.Combine(run, "evaluation.csv")));
        Assert.Equal(0, Run([.. line[..^1], "3"]).Code);
        var more = File.ReadAllLines(Path.Combine(run, "evaluation.csv"));
        Assert.Equal(rows, more[..rows.Length]);
        Assert.Equal(rows.Length + 2, more.Length);

        Assert.Equal(0, Run("train", "classifier", "--preset", "tiny", "--image-size", "20", "--data", data, "--out", folder["larger"]).Code);
        Refused("sees images of 20 pixels a side", "evaluate", run, "--classifier", folder["larger"]);
    }
}
