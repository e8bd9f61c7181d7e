using Generators.Tests.Compiler;
using MageDsl.Generators.Costs;
using MageDsl.Generators.Scheduling;
using Xunit;
using static Generators.Tests.GeneratorHarness;

namespace Generators.Tests.Costs;

/// <summary>What stages read, write and compute, against counts by hand.</summary>
public class StageCostTests
{
    private const string X = "[Dims(\"n d\")] Expr x";

    private static ProgramCosts Costs(string parameters, string expression, string layout, bool fusion = true, bool backward = false)
    {
        var kernel = Model($"[Kernel] [return: Dims(\"{layout}\")] public static Expr F({parameters}) => {expression};");
        var programs = LibraryKernels.Programs(kernel);
        return new ProgramCosts(LibraryKernels.Schedule(backward ? programs.Backward! : programs.Inference, fusion), kernel.Rules);
    }

    private static string Text(LaunchCost cost) => $"{cost.BytesRead} {cost.BytesWritten} {cost.Operations}";

    [Theory]
    [InlineData(X, "x * 2 + 1", "n d", "4*d*n 4*d*n 2*d*n")]
    [InlineData(X + ", [Dims(\"d\")] Expr b", "(x + b) * b", "n d", "4*d*n+4*d 4*d*n 2*d*n")]
    [InlineData(X, "Sum(x * x, \"d\")", "n", "4*d*n 4*n 2*d*n")]
    // A row's sum and maximum are in the same launch as what uses them: x is read once.
    [InlineData(X, "(x - Max(x, \"d\")) / Sum(x, \"d\")", "n d", "4*d*n 4*d*n 4*d*n")]
    // Computed at [d] once, whatever it is broadcast along.
    [InlineData(X + ", [Dims(\"d\")] Expr b", "x + Exp(b)", "n d", "4*d*n+4*d 4*d*n d*n+21*d")]
    [InlineData("[Dims(\"n k\")] Expr a, [Dims(\"m k\")] Expr b", "Sum(a * b, \"k\")", "n m", "4*k*m+4*k*n 4*m*n 2*k*m*n")]
    // A prologue at [n k], an epilogue at [n m].
    [InlineData("[Dims(\"n k\")] Expr a, [Dims(\"m k\")] Expr b", "Tanh(Sum((a + 1) * b, \"k\"))", "n m", "4*k*m+4*k*n 4*m*n 2*k*m*n+k*n+23*m*n")]
    [InlineData("[Dims(\"n s=4 d\")] Expr x", "x[\"s\", 0] + x[\"s\", 3]", "n d", "8*d*n 4*d*n d*n")]
    [InlineData("[Dims(\"n s=4 d\")] Expr x", "x[\"s\", 0] * x[\"s\", 0] * x[\"s\", 0]", "n d", "4*d*n 4*d*n 2*d*n")]
    // One axis under two names: the same memory.
    [InlineData(X, "Sum(x * x.Rename(\"n\", into: \"m\"), \"d\")", "n m", "4*d*n 4*n*n 2*d*n*n")]
    [InlineData("[Dims(\"t d\")] Expr x", "x.Slice(\"t\", into: \"k\", start: 2) * 2", "k d", "4*d*k 4*d*k d*k")]
    // Windows overlap: each pixel counts once, however many windows read it.
    [InlineData(
        "[Dims(\"b c h w\")] Expr x, [Dims(\"o c i=3 j=3\")] Expr f",
        "Sum(x.Window(\"h\", into: \"y\", by: \"i\", like: f, pad: 1).Window(\"w\", into: \"z\", by: \"j\", like: f, pad: 1) * f, \"c i j\")",
        "b o y z",
        "4*b*c*h*w+36*c*o 4*b*o*y*z 18*b*c*o*y*z")]
    [InlineData("[Dims(\"v d\")] Expr w, [Ids(\"n\")] Expr i", "Gather(w, \"v\", i)", "n d", "4*d*n+4*n 4*d*n 0")]
    public void One_launch(string parameters, string expression, string layout, string costs) =>
        Assert.Equal(costs, Text(Assert.Single(Costs(parameters, expression, layout).Launches)));

    [Fact]
    public void A_scatter_clears_its_table_and_reads_what_it_adds_to()
    {
        var costs = Costs("[Dims(\"v d\")] Expr w, [Ids(\"n\")] Expr i", "Gather(w, \"v\", i)", "n d", backward: true);
        // Gradients and the places they go to, and the ids; the table written as a whole, then where ids say.
        Assert.Equal("8*d*n+4*n 4*d*n+4*d*v d*n", Text(Assert.Single(costs.Launches)));
    }

    [Fact]
    public void Unfused_everything_passes_through_memory()
    {
        var costs = Costs(X, "Exp(x) * 2 - x", "n d", fusion: false);
        Assert.Equal(["4*d*n 4*d*n 21*d*n", "4*d*n 4*d*n d*n", "8*d*n 4*d*n d*n"], costs.Launches.Select(Text));
    }

    [Fact]
    public void What_a_row_block_passes_on_is_not_moved()
    {
        var costs = Costs(
            "[Dims(\"b n e\")] Expr q, [Dims(\"b m e\")] Expr k, [Dims(\"b m e\")] Expr v",
            "Sum(Exp(Sum(q * k, \"e\") - Max(Sum(q * k, \"e\"), \"m\")) * v, \"m\")", "b n e");
        var launch = Assert.Single(costs.Launches);
        Assert.True(launch.Parts.Count > 1);
        // Two products; a maximum, a difference and an exponential for each of the scores, which lie in scratch.
        Assert.Equal("8*b*e*m+4*b*e*n 4*b*e*n 4*b*e*m*n+23*b*m*n", Text(launch));
        Assert.Equal("0", launch.BytesLive.ToString());
    }

    [Fact]
    public void A_temporary_lives_from_the_stage_that_writes_it_to_the_last_that_reads_it()
    {
        // Three products in a row: the first result is gone when the third is made.
        var costs = Costs(
            "[Dims(\"n a\")] Expr x, [Dims(\"a b\")] Expr p, [Dims(\"b c\")] Expr q, [Dims(\"c d\")] Expr r",
            "Sum(Sum(Sum(x * p, \"a\") * q, \"b\") * r, \"c\")", "n d");
        Assert.Equal(["4*b*n", "4*b*n+4*c*n", "4*c*n"], costs.Launches.Select(s => s.BytesLive.ToString()));
        Assert.Equal(["4*d*n"], costs.Outputs.Select(o => o.Bytes.ToString()));
    }

    [Fact]
    public void Every_kernel_of_the_library_reads_what_its_stages_need_and_writes_its_outputs()
    {
        foreach (var kernel in LibraryKernels.All.Values)
        {
            foreach (var fusion in new[] { true, false })
            {
                var programs = LibraryKernels.Programs(kernel);
                foreach (var program in new[] { programs.Inference, programs.Forward, programs.Backward }.OfType<MageDsl.Generators.Ir.Program>())
                {
                    var costs = new ProgramCosts(LibraryKernels.Schedule(program, fusion), kernel.Rules);
                    var written = new SizePolynomial();
                    foreach (var stage in costs.Launches) written.Add(stage.BytesWritten);
                    foreach (var (name, bytes) in costs.Outputs)
                    {
                        var terms = bytes.ToString().Split('+');
                        Assert.All(terms, term => Assert.Contains(term.TrimStart("0123456789".ToCharArray()).TrimStart('*'), written.ToString()));
                        Assert.NotEqual("", name);
                    }
                    Assert.All(costs.Launches, stage => Assert.NotEqual("0", stage.BytesWritten.ToString()));
                }
            }
        }
    }
}
