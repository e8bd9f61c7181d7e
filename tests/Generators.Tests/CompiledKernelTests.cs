using MageDsl.Generators;
using MageDsl.Generators.Ir;
using Xunit;
using static Generators.Tests.GeneratorHarness;

namespace Generators.Tests;

/// <summary>What happens to a kernel that the passes after the parser refuse.</summary>
public class CompiledKernelTests
{
    private static readonly Func<KernelModel> One = () => Model("[Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x) => x;");

    [Fact]
    public void A_source_has_the_kernels_name()
    {
        var compiled = CompiledKernel.From(One(), model => $"// {model.FullName}");
        Assert.Equal(("Test.K.F.g.cs", "// K.F", ""), (compiled.HintName, compiled.Source, compiled.ErrorId));
    }

    [Fact]
    public void A_refusal_keeps_its_own_id()
    {
        var compiled = CompiledKernel.From(One(), _ => throw new IrException("no such axis", "MDSL002"));
        Assert.Equal((null, "MDSL002", "no such axis"), (compiled.Source, compiled.ErrorId, compiled.Error));
    }

    [Fact]
    public void A_mistake_of_the_compiler_is_reported_as_one()
    {
        var compiled = CompiledKernel.From(One(), _ => throw new InvalidOperationException("oops"));
        Assert.Equal((null, "MDSL023"), (compiled.Source, compiled.ErrorId));
        Assert.Contains("'K.F' could not be compiled; please report this: InvalidOperationException: oops", compiled.Error);
    }
}
