using Mage.Cli;
using Mage.Tests.Checkpoints;
using Mage.Training;

namespace Mage.Tests.Cli;

/// <summary><c>checkpoint</c> and <c>import</c> on the command line.</summary>
public sealed class CheckpointCommandTests : IDisposable
{
    private static readonly string Tiny = Path.Combine(TinyFileTests.Folder, "tiny.pth");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Show_lists_what_is_there()
    {
        var (code, output, error) = Run("checkpoint", "show", Tiny);
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("PyTorch, the weights under 'model'", output);
        Assert.Matches(@"half\.transposed\s+\| F16\s+\| \[3, 2\]", output);
        Assert.Contains("not loaded: epoch = 3", output);
        Assert.DoesNotContain("mean", output);
        Assert.Matches(@"shared\.first .* 0 +\| 5\.5 +\| 11 ", Run("checkpoint", "show", Tiny, "--values").Output);
    }

    [Fact]
    public void Convert_and_diff_agree()
    {
        var path = folder["tiny.safetensors"];
        Assert.Equal((0, $"{path}: 17 tensors\n", ""), Run("checkpoint", "convert", Tiny, path));
        Assert.Equal((0, "17 keys are the same in both, 0 are not\n", ""), Run("checkpoint", "diff", Tiny, path));
        var state = new PickleBuilder().BeginItems()
            .Text("parameter").Floats("0", 3).Text("scalar").Floats("0", 3).Text("new").Floats("0", 3).EndItems();
        var changed = PickleBuilder.Archive(
            state.End(), new Dictionary<string, byte[]> { ["0"] = PickleBuilder.Bytes(1, 2, float.NaN) });
        var (code, output, error) = Run("checkpoint", "diff", path, folder.Write("changed.pth", changed));
        Assert.Equal((1, ""), (code, error));
        Assert.Matches(@"parameter +\| 3 of 3 differ, by up to NaN", output);
        Assert.Matches(@"scalar +\| \[\] and \[3\]", output);
        Assert.Matches(@"float32 +\| only in the first", output);
        Assert.Matches(@"new +\| only in the second", output);
        Assert.Contains("0 keys are the same in both, 18 are not", output);
    }

    public static TheoryData<string[], string> WrongLines => new()
    {
        { ["checkpoint"], "checkpoint" },
        { ["checkpoint", "show"], "show" },
        { ["checkpoint", "show", "/no/such.pth"], "/no/such.pth" },
        { ["checkpoint", "convert", Tiny, "/tmp/out.pth"], "only safetensors files are written" },
        { ["checkpoint", "convert", Tiny, "/no/such/out.safetensors"], "the folder '/no/such' does not exist" },
        { ["checkpoint", "convert", Tiny, "/tmp/out.safetensors", "--part", "head"], "no part of a checkpoint is called 'head'" },
        { ["checkpoint", "diff", Tiny, "/no/such.pth"], "/no/such.pth" },
        { ["import", Tiny], "--out" },
        { ["import", Tiny, "--out", "/tmp/never"], "holds no tokenizer: it has no key quantize.embedding.weight" },
        { ["import", "/no/such.pth", "--out", "/tmp/never"], "/no/such.pth" },
    };

    [Theory]
    [MemberData(nameof(WrongLines))]
    public void A_users_error_is_one_line_and_code_two(string[] args, string because)
    {
        var (code, output, error) = Run(args);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains(because, Assert.Single(error.TrimEnd().Split('\n')));
        Assert.False(Directory.Exists("/tmp/never"));
    }

    [Theory]
    [InlineData("checkpoint")]
    [InlineData("checkpoint", "show")]
    [InlineData("checkpoint", "convert")]
    [InlineData("checkpoint", "diff")]
    [InlineData("import")]
    public void Each_has_examples_of_its_own(params string[] command)
    {
        var (code, output, _) = Run([.. command, "--help"]);
        Assert.Equal(0, code);
        Assert.Contains($"  mage-dsl {string.Join(' ', command)} ", output[output.IndexOf("Examples:", StringComparison.Ordinal)..]);
    }

    [Fact]
    public void A_run_of_our_own_files_can_be_imported()
    {
        var (run, data) = (folder["run"], CommandTests.Data(folder));
        string[] train =
        [
            "train", "--preset", "tiny", "--data", data, "--out", run, "--image-size", "8", "--tokenizer-steps", "1", "--mage-steps", "1",
        ];
        Assert.Equal(0, Run(train, new RunParts()).Code);
        string[] files = [Path.Combine(run, "mage.safetensors"), "--tokenizer", Path.Combine(run, "tokenizer.safetensors")];
        var (code, output, error) = Run("import", files[0], files[1], files[2], "--out", folder["copy"]);
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("8x8 pixels, 4 tokens of 32 codes, 2 blocks of 32 channels and 1 of 32", output);
        foreach (var name in (string[])["mage.safetensors", "tokenizer.safetensors"])
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(run, name)), File.ReadAllBytes(folder["copy", name]));
        }

        Assert.Equal(0, Run(["generate", folder["copy"], "--count", "2"], new RunParts()).Code);
        Assert.Equal(0, Run(["probe", folder["copy"], "--data", data], new RunParts()).Code);
        Assert.Contains("not empty", Run("import", files[0], files[1], files[2], "--out", folder["copy"]).Error);
        Assert.Contains("holds no mage", Run("import", files[2], "--out", folder["other"]).Error);
    }

    private static (int Code, string Output, string Error) Run(params string[] args) => Run(args, new Training.FakeParts());

    private static (int Code, string Output, string Error) Run(string[] args, IRunParts parts)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        return (CommandTree.Run(args, parts, output, error), output.ToString(), error.ToString());
    }
}
