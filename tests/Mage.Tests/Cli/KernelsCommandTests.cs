using System.Text.RegularExpressions;
using System.Xml.Linq;
using Mage.Cli;
using Mage.Cli.Kernels;
using Mage.Tests.Training;
using MageDsl;
using MageDsl.Generators.Backends.Cpu;
using MageDsl.Generators.Backends.Gpu;
using MageDsl.Generators.Pipeline;
using Xunit;

namespace Mage.Tests.Cli;

public class KernelsCommandTests
{
    public static TheoryData<string[], string> WrongLines => new()
    {
        { ["Laernorm"], "the nearest names are Normalization.LayerNorm, " },
        { ["LayerNorm", "--sizes", "q=3"], "no axis 'q' of open size; it has ..., d" },
        { ["LayerNorm", "--sizes", "d=0"], "'d=0'; it should be an axis and its size" },
        { ["LayerNorm", "--off", "training"], "no bool parameter 'training'; it has none" },
        { ["LayerNorm", "--html", "/no/such/folder/page.html"], "cannot write '/no/such/folder/page.html'" },
        { ["LayerNorm", "--unfused", "--measure"], "leave --unfused out" },
        { ["AdamWUpdate", "--backward"], "has no backward pass" },
        { ["LayerNorm", "--precision", "bf16"], "cpu cannot compute in bf16: " },
        { ["LayerNorm", "--assembly", "/no/such.dll"], "cannot load the kernels of '/no/such.dll'" },
    };

    [Theory]
    [MemberData(nameof(WrongLines))]
    public void AUsersErrorIsOneLine(string[] args, string because)
    {
        var (code, output, error) = Run(["kernels", "show", .. args]);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains(because, Assert.Single(error.TrimEnd().Split('\n')));
    }

    [Fact]
    public void EveryKernelIsShownInEveryWay()
    {
        var (code, list, _) = Run("kernels");
        Assert.Equal(0, code);
        foreach (var kernel in KernelRegistry.All())
        {
            Assert.Contains(kernel.Name, list);
            foreach (var options in new string[][] { [], ["--unfused"] })
            {
                Shown(kernel, "forward", kernel.ForwardStages.Count, options);
                if (kernel.BackwardStages.Count > 0)
                {
                    Shown(kernel, "backward", kernel.BackwardStages.Count, [.. options, "--backward"]);
                }
            }
        }
    }

    private static void Shown(KernelInfo kernel, string pass, int fused, string[] options)
    {
        var (code, text, error) = Run(["kernels", "show", kernel.Name, .. options]);
        Assert.Equal((0, ""), (code, error));
        // C# scalars stand before the values.
        Assert.Matches($@"{pass} IR\n(  _scalar\d+ = .*\n)*  %0 = ", text);
        Assert.Contains("peak memory beside the arguments: ", text);
        var launches = Regex.Count(text, @"^ +\d+\. (pointwise|row|row block|contraction|scatter): ", RegexOptions.Multiline);
        Assert.True(options.Contains("--unfused") ? launches > 0 : launches >= fused, kernel.Name);
    }

    [Fact]
    public void WhatIsShownIsWhatWasCompiled()
    {
        foreach (var kernel in KernelRegistry.All())
        {
            foreach (var variant in kernel.Variants)
            {
                var flags = kernel.Parameters.Where(p => p.Kind == KernelParameterKind.Bool).Select(p => p.Name);
                var listing = KernelListing.Of(kernel.Ir, fusion: true, [.. flags.Except(variant.Flags)], CpuBackend.Instance);
                Assert.Equal(Text(variant.Forward), Text(ShownPass.Of(listing.Forward).Program));
                Assert.Equal(
                    variant.Backward is null ? "" : Text(variant.Backward), listing.Backward is { } pass ? Text(ShownPass.Of(pass).Program) : "");
            }
        }

        static string Text(KernelProgram program) => string.Join(
            "\n", [.. program.Stages.Select(s => $"{s.Template} {s.Text} {s.BytesRead} {s.BytesWritten} {s.Operations} {s.BytesLive}"),
                .. program.Outputs.Select(o => $"{o.Name} {o.Bytes}")]);
    }

    /// <summary>Hidden units before and after their activation, of which one product leaves both, and the other reads one.</summary>
    [Fact]
    public void WhatADeviceKeepsIn16BitsCountsTwoBytes()
    {
        var kernel = KernelRegistry.All().Single(k => k.Name == "Perceptron.Mlp");
        var (whole, half) = (Of(inShort: false), Of(inShort: true));
        Assert.Equal("8*...*f", $"{whole[0].Cost.BytesWritten}");
        Assert.Equal("4*...*f", $"{half[0].Cost.BytesWritten}");
        Assert.Equal("4*...*f+4*d*f+4*d", $"{whole[1].Cost.BytesRead}");
        Assert.Equal("2*...*f+4*d*f+4*d", $"{half[1].Cost.BytesRead}");
        Assert.All(whole.Concat(half), stage => Assert.Equal("2*...*d*f", $"{stage.Cost.ContractionOperations}"));

        IReadOnlyList<ListedStage> Of(bool inShort) => KernelListing.Of(kernel.Ir, fusion: true, [], GpuBackend.Instance, inShort).Forward.Stages;
    }

    [Fact]
    public void FiguresAreForTheSizesThatWereGiven()
    {
        var (_, text, _) = Run("kernels", "show", "LayerNorm", "--sizes", "...=1000,d=250");
        Assert.Contains("at ...=1000, d=250 in float32", text);
        // 4 · 1000 · 250 + 8 · 250 read, the same without weight and bias, but two numbers a row, written.
        Assert.Contains("| 1.00 MB | 1.01 MB |", text);
        Assert.Contains("saved for the backward pass: 8.00 kB in saved0 (4*...), saved1 (4*...)", text);
    }

    [Fact]
    public void AVariantIsChosenByItsFlags()
    {
        Assert.Contains("random", Run("kernels", "show", "MlpBlock").Output);
        Assert.DoesNotContain("random", Run("kernels", "show", "MlpBlock", "--off", "training").Output);
    }

    [Fact]
    public void TheGeneratedCodeIsAtTheEnd()
    {
        Assert.DoesNotContain("struct", Run("kernels", "show", "LayerNorm").Output);
        var code = Run("kernels", "show", "LayerNorm", "--code", "--backward").Output;
        Assert.Contains("internal unsafe struct Backward1<T> : global::MageDsl.Devices.Cpu.ILoopStage", code);
        Assert.Contains("Tensor?[] Backward(", code);
        // Of a row block its parts, too.
        var block = Run("kernels", "show", "SelfAttention", "--code").Output;
        var parts = Regex.Matches(block, @"public (\w+)<T> part\d+;").Select(match => match.Groups[1].Value).ToArray();
        Assert.NotEmpty(parts);
        Assert.All(parts, part => Assert.Contains($"struct {part}<T>", block));
    }

    [Fact]
    public void ForADeviceItsDriversTextIsCountedAndAtTheEnd()
    {
        var (code, text, error) = Run("kernels", "show", "LayerNorm", "--device", "cuda", "--backward");
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("in float32; an H200", text);
        Assert.Contains("what is launched: PTX", text);
        Assert.Matches(@"\| 1 +\| GpuRows of GpuBackward1 +\| \d+ +\| .*\d+ of 16 B.* kB \| [1-9]", text);
        Assert.Matches(@"\| 1 +\| GpuFinish of GpuBackward1Sums +\| \d+ +\| \d+ of 4 B", text);
        Assert.Contains(" with sums across ", text);
        var forward = Run("kernels", "show", "LayerNorm", "--device", "cuda").Output;
        Assert.Matches(@"\| 1 +\| GpuKeptRows of GpuSaving1 +\| \d+ +\| .*\d+ of 16 B", forward);
        Assert.DoesNotContain("struct", text);

        var all = Run("kernels", "show", "Linear", "--device", "cuda", "--code").Output;
        Assert.Contains("internal struct GpuForward1<T, S>", all);
        Assert.Contains("// LargeTile of GpuForward1\n  //", all);
        Assert.Contains(".visible .entry", all);
        Assert.Contains("Tensor[] Forward(global::MageDsl.Devices.Gpu.GpuDevice _device", all);
        var rounded = Run("kernels", "show", "Linear", "--device", "cuda", "--precision", "bf16").Output;
        Assert.Matches(@"\| 1 +\| PackedTile of GpuForward1 ", rounded);
        Assert.Contains("matrices in bf16 989 TFLOP/s", rounded);
        Assert.DoesNotContain("LargeTile", rounded);
        Assert.DoesNotContain("what is launched", Run("kernels", "show", "LayerNorm", "--device", "cuda", "--unfused").Output);
        Assert.DoesNotContain("GpuForward", Run("kernels", "show", "LayerNorm", "--device", "cpu", "--code").Output);

        using var folder = new TemporaryFolder();
        Run("kernels", "show", "Gelu", "--device", "cuda", "--html", folder["page.html"]);
        Assert.Contains(".visible .entry", File.ReadAllText(folder["page.html"]));
    }

    [Fact]
    public void AKernelThatWasCompiledForTheProcessorIsNotShownForOthers()
    {
        var kernel = new KernelInfo { Name = "Mine.Own", Parameters = [], Results = [], Definition = _ => [], Launch = _ => [] };
        Assert.Null(DeviceCode.For("cpu", kernel));
        var message = Assert.Throws<UserErrorException>(() => DeviceCode.For("cuda", kernel)).Message;
        Assert.Contains("was compiled for cpu only; <MageDslTargets>", message);
    }

    [Fact]
    public void AccessesAreCountedByTheirWidths()
    {
        const string Ptx = """
            .visible .entry Kernel_Run(
                .param .b64 _stage_0)
            {
                .reg .b32   %r<4>;
                .reg .f32   %f<7>;
                .reg .f32   %g<3>;
                .reg .b64   %rd<1>;
                // a comment;
                ld.param.b64    %rd0, [_stage_0];
                ld.global.v4.f32    {%f1, %f2, %f3, %f4}, [%rd0];
                ld.global.nc.f32    %f5, [%rd0 + 16];
                @%p1 ld.global.f32    %f6, [%rd0 + 20];
                st.shared.f32   [%rd0], %f5;
                bar.sync    0;
                st.global.v2.f64    [%rd0], {%d0, %d1};
                ret;
            }
            """;
        var text = new LaunchedText("Stage", Ptx, 1024);
        Assert.Equal("2 of 4 B, 1 of 16 B", text.Accesses("ld"));
        Assert.Equal("1 of 16 B", text.Accesses("st"));
        Assert.Equal((8, 1), (text.Lines, text.Barriers));
        Assert.Equal("3 b32, 8 f32", text.Registers);
        Assert.Equal(["2", "Stage", "8", "2 of 4 B, 1 of 16 B", "1 of 16 B", "1.02 kB", "1", "3 b32, 8 f32"], text.Row(2));
        var openCl = new LaunchedText("Stage", "{\n    barrier ( CLK_LOCAL_MEM_FENCE );\n    x = 1;\n}", 0);
        Assert.Equal((2, 1), (openCl.Lines, openCl.Barriers));
    }

    [Theory]
    [InlineData("LayerNorm", "...=64,d=32")]
    [InlineData("LayerNorm", "...=64,d=32", "--backward")]
    [InlineData("SelfAttention", "b=2,t=8,d=16,h=2,e=8", "--backward")]
    [InlineData("Embedding", "...=16,v=7,d=8", "--backward")]
    [InlineData("SmoothedCrossEntropy", "...=16,u=8")]
    public void AKernelIsMeasured(string name, string sizes, params string[] options)
    {
        var (code, text, error) = Run(["kernels", "show", name, "--measure", "--sizes", sizes, .. options]);
        Assert.Equal((0, ""), (code, error));
        Assert.Matches(@"measured \d.* (µs|ms|s): \d+ % of the roofline", text);
    }

    [Fact]
    public void ThePageIsOneFileWithAPictureOfEachPass()
    {
        using var folder = new TemporaryFolder();
        string[] names = ["LayerNorm", "SelfAttention", "Conv3x3", "AdamWUpdate"];
        foreach (var kernel in names.Select(name => KernelFinder.Find(name, KernelRegistry.All())))
        {
            var (code, output, _) = Run("kernels", "show", kernel.Name, "--html", folder["page.html"]);
            Assert.Equal((0, folder["page.html"]), (code, output.TrimEnd()));
            var page = File.ReadAllText(folder["page.html"]);
            Assert.DoesNotMatch("""(src|href)=""", page);
            Assert.DoesNotContain("{{", page);
            var pictures = Regex.Matches(page, "<svg xmlns.*?</svg>", RegexOptions.Singleline)
                .Select(match => XDocument.Parse(match.Value)).ToArray();
            Assert.Equal(kernel.BackwardStages.Count > 0 ? 2 : 1, pictures.Length);
            Assert.Equal(kernel.ForwardStages.Count, Frames(pictures[0]));
            Assert.Equal(kernel.BackwardStages.Count, pictures.Length > 1 ? Frames(pictures[1]) : 0);
            Assert.Equal(kernel.Variants[^1].Saved.Any(), page.Contains("class=\"node saved stored\"", StringComparison.Ordinal));
        }

        static int Frames(XDocument picture) =>
            picture.Descendants().Count(e => (string?)e.Attribute("class") is { } name && name.StartsWith("stage ", StringComparison.Ordinal));
    }

    [Fact]
    public void KernelsOfAnotherAssemblyAreFound()
    {
        var (code, list, _) = Run("kernels", "--assembly", typeof(KernelsCommandTests).Assembly.Location);
        Assert.Equal(0, code);
        Assert.Contains("LayerNorm", list);
    }

    [Fact]
    public void KernelsAreShownWithoutThePackagesThatOnlyTheTestsHave()
    {
        using var command = CommandProcess.Start(locks: true, "kernels", "show", "LayerNorm", "--code");
        Assert.Equal((0, ""), command.End());
        Assert.Contains("struct", command.Output);
    }

    [Fact]
    public void RowsOfALayoutGoDownAndItsBoxesDoNotTouch()
    {
        double[] widths = [50, 80, 50, 120, 50, 60, 60];
        (int From, int To)[] edges = [(0, 2), (1, 2), (2, 3), (0, 4), (3, 4), (1, 5), (4, 6), (5, 6)];
        var layout = new LayeredLayout(widths, edges);
        Assert.All(edges, edge => Assert.True(layout.Layer(edge.From) < layout.Layer(edge.To)));
        Assert.All(edges, edge => Assert.Equal(layout.Layer(edge.To) - layout.Layer(edge.From) - 1, layout.Bends(edge).Count));
        foreach (var (a, b) in Enumerable.Range(0, 7).SelectMany(a => Enumerable.Range(0, a).Select(b => (a, b)))
            .Where(p => layout.Layer(p.a) == layout.Layer(p.b)))
        {
            Assert.True(Math.Abs(layout.X[a] - layout.X[b]) >= (widths[a] + widths[b]) / 2);
        }

        Assert.All(Enumerable.Range(0, 7), i => Assert.InRange(layout.X[i], (widths[i] / 2) - 1e-9, layout.Width - (widths[i] / 2) + 1e-9));
    }

    private static (int Code, string Output, string Error) Run(params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = CommandTree.Run(args, new FakeParts(), output, error);
        return (code, output.ToString(), error.ToString());
    }
}
