using Mage.Cli;
using Mage.Images;
using Mage.Tests.Data;
using Mage.Tests.Training;
using Mage.Training;
using Xunit;

namespace Mage.Tests.Cli;

public class CommandTests
{
    public static TheoryData<string[], string> WrongLines => new()
    {
        { ["frobnicate"], "'frobnicate' is no command or option" },
        { ["probe", "--weights", "best"], "--weights is 'best'; it should be one of ema, last" },
        { ["train", "--sed", "3"], "'--sed' is no command or option" },
        { ["generate", "--cuont"], "'--cuont' is no command or option" },
        { ["train", "--seed", "three"], "'three' for option '--seed'" },
        { ["train", "--seed"], "--seed" },
        { ["train", "--preset", "huge"], "no preset is called 'huge'" },
        { ["train", "--data", "/no/such/folder"], "'/no/such/folder' does not exist" },
        { ["train", "--config", "/no/such/file"], "/no/such/file" },
        { ["train", "--config", "x", "--preset", "tiny"], "give one of them" },
        { ["train", "--config", "/"], "it is a folder" },
        { ["train", "--out", ""], "a word of the command line is empty" },
        { ["train", "--out="], "--out" },
        { ["generate", ""], "a word of the command line is empty" },
        { ["train", "--image-size", "30"], "data.imageSize is 30" },
        { ["train", "--mage-steps", "0"], "mage.training.steps is 0" },
        { ["train", "--set", "mage.dept=3"], "mage.dept" },
        { ["train", "--device", "abacus"], "no device is called 'abacus'; there is cpu" },
        { ["generate", "--device", "abacus"], "no device is called 'abacus'; there is cpu" },
        { ["probe", "--device", "abacus"], "no device is called 'abacus'; there is cpu" },
        { ["train", "--precision", "fp8"], "no precision is called 'fp8'; there is float32, tf32, bf16" },
        { ["generate", "--device", "cpu", "--precision", "bf16"], "cpu cannot compute in bf16: " },
        { ["kernels", "show", "LayerNorm", "--device", "abacus"], "no device is called 'abacus'; there is cpu" },
        { ["train", "--resume", "/no/such/run"], "'/no/such/run' does not exist" },
        { ["train", "--resume", "x", "--seed", "3"], "--seed cannot be given with it" },
        { ["generate", "/no/such/run"], "'/no/such/run' does not exist" },
        { ["probe", "/no/such/run"], "'/no/such/run' does not exist" },
        { ["edit", "p.png"], "say what to make anew, by one of --mask, --box, --extend, --uncrop, --keep" },
        { ["edit", "p.png", "--box", "1,2,3,4", "--keep", "0.5"], "say what to make anew" },
        { ["edit", "p.png", "--keep", "0.5", "--run", "/no/such/run"], "'/no/such/run' does not exist" },
        { ["train", "everything"], "'everything' is nothing that can be trained; there are all, tokenizer, mage, classifier" },
        { ["train", "mage"], "train mage needs --tokenizer" },
        { ["train", "mage", "--tokenizer", "/no/such/run"], "/no/such/run" },
        { ["train", "tokenizer", "--tokenizer", "x"], "--tokenizer is not for it" },
        { ["train", "--set", "sampling.order=hilbert"], "one of confidence, halton, random" },
        { ["reconstruct"], "IMAGES" },
        { ["reconstruct", "/"], "which images of the run '/'? name pictures after it" },
        { ["reconstruct", "/", "cat.png"], "is no run folder" },
        { ["reconstruct", "cat.png", "--device", "abacus"], "no device is called 'abacus'; there is cpu" },
        { ["kernels", "show"], "show" },
        { ["kernels", "show", "NoSuchKernel"], "no kernel is called 'NoSuchKernel'" },
    };

    [Theory]
    [MemberData(nameof(WrongLines))]
    public void AUsersErrorIsOneLineAndCodeTwo(string[] args, string because)
    {
        var (code, output, error) = Run(args);
        Assert.Equal(2, code);
        Assert.Equal("", output);
        Assert.Contains(because, Assert.Single(error.TrimEnd().Split('\n')));
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("train", "--help")]
    [InlineData("generate", "-h")]
    [InlineData("edit", "--help")]
    [InlineData("tokenize", "--help")]
    [InlineData("probe", "--help")]
    [InlineData("reconstruct", "--help")]
    [InlineData("export", "--help")]
    [InlineData("evaluate", "--help")]
    [InlineData("kernels", "--help")]
    [InlineData("kernels", "show", "--help")]
    [InlineData("devices", "--help")]
    public void EveryCommandHasHelpWithExamples(params string[] args)
    {
        var (code, output, error) = Run(args);
        Assert.Equal(0, code);
        Assert.Contains("Examples:", output);
        Assert.Contains("Usage:", output);
        Assert.Equal("", error);
    }

    [Fact]
    public void WithoutACommandThereIsHelp() => Assert.Equal(Run("--help"), Run());

    [Fact]
    public void DevicesSayWhatWasFound()
    {
        var (code, output, _) = Run("devices");
        Assert.Equal(0, code);
        Assert.Contains("-bit vectors", output);
        Assert.Contains($"{Environment.ProcessorCount} cores", output);
        Assert.Contains("threads", output);
        Assert.Contains("GiB of memory", output);
        Assert.All(["cuda", "opencl", "ilgpu"], kind => Assert.Contains(kind, output));
    }

    [Fact]
    public void ARunIsTrainedResumedGeneratedFromAndProbed()
    {
        using var folder = new TemporaryFolder();
        var data = Data(folder);
        var run = folder["run"];
        var (code, output, error) = Run(
            "train", "--preset", "tiny", "--data", data, "--out", run, "--seed", "5", "--mage-steps", "12", "--set", "mage.depth=1");
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("reconstruction PSNR", output);
        Assert.Contains("raw pixels", output);
        Assert.Contains("40 images to train on, 20 held out, 2 classes", output);
        var config = File.ReadAllText(Path.Combine(run, "config.json"));
        Assert.Contains("\"seed\": 5", config);
        Assert.Contains("\"depth\": 1", config);

        Assert.Equal(2, Run("train", "--preset", "tiny", "--data", data, "--out", run).Code);
        Assert.Equal(config, File.ReadAllText(Path.Combine(run, "config.json")));

        Assert.Equal(0, Run("train", "--resume", run, "--device", "cpu").Code);
        Assert.Equal(0, Run("probe", run, "--device", "CPU").Code);
        var (generated, path, _) = Run("generate", run, "--count", "3", "--out", folder["new.png"]);
        Assert.Equal((0, folder["new.png"]), (generated, path.TrimEnd()));
        Assert.Equal((3 * 98) + 2, ImageReader.Read(folder["new.png"]).Width);
        ImageWriter.Write(folder["one.png"], new PixelImage(20, 16, 3));
        ImageWriter.Write(folder["other.png"], new PixelImage(16, 16, 1));
        var (reconstructed, table, _) = Run("reconstruct", run, folder["one.png"], folder["other.png"], "--out", folder["both.png"]);
        Assert.Equal(0, reconstructed);
        Assert.Contains("100.00 dB", table);
        Assert.EndsWith(folder["both.png"], table.TrimEnd());
        var picture = ImageReader.Read(folder["both.png"]);
        Assert.Equal(((2 * 98) + 2, (2 * 98) + 2), (picture.Width, picture.Height));
        Assert.Equal(0, Run("reconstruct", run, folder["one.png"]).Code);
        Assert.True(File.Exists(Path.Combine(run, "reconstructed.png")));
        Assert.Contains("nowhere.png", Run("reconstruct", run, folder["nowhere.png"]).Error);
        Assert.Contains("it is a folder", Run("reconstruct", run, folder["one.png"], "--out", run).Error);
        Assert.Equal(2, Run("generate", run, "--count", "0").Code);
        Assert.Equal(2, Run("generate", run, "--iterations", "0").Code);
        Refused("--guidance needs a run that was trained with classes", "generate", run, "--guidance", "2");
        Refused("--class needs a run that was trained with classes", "generate", run, "--class", "all");
        Refused("--order is 'any'; it should be one of confidence, halton, random", "generate", run, "--order", "any");
        Refused("sampling.topP is 2", "generate", run, "--top-p", "2");
    }

    [Fact]
    public void ARunWithClassesGeneratesThemAndEditsPictures()
    {
        using var folder = new TemporaryFolder();
        var (data, run) = (Data(folder), folder["run"]);
        Assert.Equal(0, Run(
            "train", "--preset", "tiny", "--data", data, "--out", run, "--mage-steps", "3", "--tokenizer-steps", "3",
            "--set", "mage.classConditional=true").Code);
        var names = File.ReadAllLines(Path.Combine(run, "classes.txt"));
        Assert.Equal(2, names.Length);
        Assert.Equal(
            0,
            Run("generate", run, "--class", "all", "--count", "4", "--guidance", "2", "--out", folder["all.png"], "--files", folder["files"]).Code);
        Assert.Equal((8 * 98) + 2, ImageReader.Read(folder["all.png"]).Width);
        Assert.Equal(8, Directory.GetFiles(folder["files"]).Length);
        Assert.Equal(0, Run("generate", run, "--class", names[1], "--count", "1", "--order", "halton", "--schedule", "arccos", "--top-k", "5").Code);
        Refused($"there is no class 'nothing'; there are {names[0]}, {names[1]}", "generate", run, "--class", "nothing");
        Assert.Equal(0, Run("generate", run, "--guidance", "2", "--count", "3").Code);
        Refused("none is named; name it with --class", "generate", run, "--guidance", "2", "--class", "none");
        Refused("which is a file", "generate", run, "--count", "1", "--out", folder["not.png"], "--files", folder["all.png"]);
        Refused("give one of them another name", "generate", run, "--out", folder["not.webp"], "--record", folder["not.webp"]);
        Assert.Empty(Directory.GetFiles(folder.Path, "not.*"));
        File.WriteAllText(Path.Combine(run, "classes.txt"), "");
        Refused("classes.txt': it is empty", "generate", run, "--class", "all");
        File.WriteAllLines(Path.Combine(run, "classes.txt"), names);

        var picture = folder["grey.png"];
        ImageWriter.Write(picture, new PixelImage(16, 16, 1));
        var (code, output, _) = Run("edit", picture, "--run", run, "--box", "4,4,8,8", "--class", "1", "--count", "2", "--out", folder["new.png"]);
        Assert.Equal((0, $"{folder["new-1.png"]}\n{folder["new-2.png"]}"), (code, output.TrimEnd().ReplaceLineEndings("\n")));
        Assert.NotEqual(ImageReader.Read(picture).Pixels, ImageReader.Read(folder["new-1.png"]).Pixels);
        Refused("it should be four whole numbers", "edit", picture, "--run", run, "--box", "4,4,8");
        Refused("no-such.png", "edit", folder["no-such.png"], "--run", run, "--keep", "0.5");
        Refused("its name should end in", "edit", picture, "--run", run, "--keep", "0.5", "--out", folder["new.bmp"]);
        Refused("none is named; name it with --class", "edit", picture, "--run", run, "--keep", "0.5", "--guidance", "2");
    }

    /// <summary>Makes sure that a line is a user's error.</summary>
    internal static void Refused(string because, params string[] args)
    {
        var (code, _, error) = Run(args);
        Assert.Equal(2, code);
        Assert.Contains(because, Assert.Single(error.TrimEnd().Split('\n')));
    }

    [Fact]
    public void WhatWasNotTrainedToTheEndIsNamed()
    {
        using var folder = new TemporaryFolder();
        var run = folder["run"];
        Assert.Equal(0, Run("train", "--preset", "tiny", "--data", Data(folder), "--out", run).Code);
        File.Delete(Path.Combine(run, "mage.safetensors"));
        var (code, _, error) = Run("generate", run);
        Assert.Equal(2, code);
        Assert.Contains("mage.safetensors", error);
    }

    [Fact]
    public void WrongDataLeaveNoRunFolder()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["empty"]);
        Assert.Equal(2, Run("train", "--data", folder["empty"], "--out", folder["run"]).Code);
        string[] line = ["train", "--preset", "tiny", "--data", Data(folder), "--out", folder["run"], "--set"];
        Refused($"'{Path.GetFullPath("network.onnx")}'", [.. line, "tokenizer.perceptual.file=network.onnx"]);
        Refused($"'{folder["empty"]}'", [.. line, $"tokenizer.perceptual.file={folder["empty"]}"]);
        Refused("mage.training.noDecay names 'no_such_key'", [.. line, "mage.training.noDecay=[\"no_such_key\"]"]);
        var (code, _, error) = Run(new RunParts(), [.. line, "seed=2", "--tokenizer", folder.Write("no-weights", [1])]);
        Assert.Equal(2, code);
        Assert.Contains(folder["no-weights"], error);
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Fact]
    public void AnUnwritableRunFolderIsNoticedBeforeWorkStarts()
    {
        using var folder = new TemporaryFolder();
        var parts = new FakeParts();
        var file = folder.Write("file", [1]);
        var (code, _, error) = Run(parts, "train", "--preset", "tiny", "--data", Data(folder), "--out", Path.Combine(file, "run"));
        Assert.Equal(2, code);
        Assert.Contains("cannot make the run folder", error);
        Assert.Empty(parts.Made);
    }

    [Fact]
    public void TheCommandIsNoLibrary() => Assert.Empty(typeof(CommandTree).Assembly.GetExportedTypes());

    /// <summary>Runs a line with models that need no training.</summary>
    internal static (int Code, string Output, string Error) Run(params string[] args) => Run(new FakeParts(), args);

    private static (int Code, string Output, string Error) Run(IRunParts parts, params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = CommandTree.Run(args, parts, output, error);
        return (code, output.ToString(), error.ToString());
    }

    /// <summary>An IDX folder of 40 and 20 images, dark and bright.</summary>
    internal static string Data(TemporaryFolder folder)
    {
        foreach (var (part, count) in new[] { ("train", 40), ("t10k", 20) })
        {
            byte[] pixels = [.. Enumerable.Range(0, count * 64).Select(i => (byte)((i / 64 % 2 * 150) + (i % 50)))];
            folder.Write(Path.Combine("data", $"{part}-images-idx3-ubyte"), IdxTests.Idx([count, 8, 8], pixels));
            folder.Write(
                Path.Combine("data", $"{part}-labels-idx1-ubyte"), IdxTests.Idx([count], [.. Enumerable.Range(0, count).Select(i => (byte)(i % 2))]));
        }

        return folder["data"];
    }
}
