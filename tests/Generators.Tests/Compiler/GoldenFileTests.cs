using System.Runtime.CompilerServices;
using MageDsl.Generators.Emit;
using Xunit;

namespace Generators.Tests.Compiler;

/// <summary>
/// One whole generated file, kept beside this test, so that a change of what is generated is seen in review. To take the new text over,
/// run the test with MAGEDSL_UPDATE_GOLDEN=1 and look at the difference.
/// </summary>
public class GoldenFileTests
{
    [Fact]
    public void Layer_norm()
    {
        var source = KernelCompiler.Compile(LibraryKernels.Find("Normalization.LayerNorm"));
        var path = Path.Combine(Here(), "LayerNorm.golden.txt");
        if (Environment.GetEnvironmentVariable("MAGEDSL_UPDATE_GOLDEN") == "1") File.WriteAllText(path, source);
        Assert.True(File.Exists(path), $"{path} is missing: run with MAGEDSL_UPDATE_GOLDEN=1");
        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n"), source);
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
