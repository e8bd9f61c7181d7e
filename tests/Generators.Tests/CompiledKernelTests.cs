using MageDsl.Generators.Ir;
using MageDsl.Generators.Pipeline;
using Xunit;
using static Generators.Tests.GeneratorHarness;

namespace Generators.Tests;

/// <summary>What happens to a kernel that the passes after the parser refuse.</summary>
public class CompiledKernelTests
{
    private static readonly Func<TracedModel> One = () => new(
        Model("[Kernel] [return: Dims(\"n\")] public static Expr F([Dims(\"n\")] Expr x) => x;"), default);

    [Fact]
    public void A_source_has_the_kernels_name()
    {
        var compiled = CompiledKernel.From(One(), traced => $"// {traced.Model.FullName}");
        Assert.Equal(new CompiledKernel("Test.K.F", "// K.F", null), compiled);
    }

    [Fact]
    public void A_refusal_keeps_its_own_id()
    {
        var compiled = CompiledKernel.From(One(), _ => throw new IrException("no such axis", "MDSL002"));
        Assert.Equal(new CompiledKernel("Test.K.F", null, new CompileFailure("MDSL002", "no such axis", -1)), compiled);
    }

    [Fact]
    public void A_mistake_of_the_compiler_is_reported_as_one()
    {
        var compiled = CompiledKernel.From(One(), _ => throw new InvalidOperationException("oops"));
        Assert.Null(compiled.Source);
        Assert.Equal(
            new CompileFailure("MDSL023", "'K.F' could not be compiled; please report this: InvalidOperationException: oops", -1), compiled.Failure);
    }
}
