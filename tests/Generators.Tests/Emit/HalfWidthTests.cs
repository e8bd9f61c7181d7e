using MageDsl.Generators.Backends.Cpu;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;
using static Generators.Tests.GeneratorHarness;

namespace Generators.Tests.Emit;

/// <summary>What a type takes from the one of twice its width.</summary>
public class HalfWidthTests
{
    private const string Source = """
        using System.Runtime.Intrinsics;
        namespace MageDsl.Devices.Cpu;

        [System.AttributeUsage(System.AttributeTargets.Class)]
        class HalfWidthOfAttribute(System.Type wider) : System.Attribute { public System.Type Wider => wider; }

        static class Lanes512
        {
            public static string Of(Vector512<int> v) => $"512 {Own()}";
            public static string Of(Vector512<int> v, Vector256<int> half) => nameof(half);
            public static string Own() => "widest";
        }

        [HalfWidthOf(typeof(Lanes512))]
        static partial class Lanes256
        {
            public static string Own() => "wider";
        }

        [HalfWidthOf(typeof(Lanes256))]
        static partial class Lanes128
        {
            public static string Of(Vector128<int> v, Vector64<int> half) => "own";
        }
        """;

    /// <summary>
    /// Names have half the width and literals are left; the nearest that says something is taken, of overloads by their parameters.
    /// </summary>
    [Fact]
    public void MembersAreTakenFromTheNextWiderType()
    {
        var result = CSharpGeneratorDriver.Create(new HalfWidthGenerator())
            .RunGeneratorsAndUpdateCompilation(Compilation([Source]), out var built, out _).GetRunResult();
        Assert.Empty(built.GetDiagnostics().Where(d => d.Severity >= DiagnosticSeverity.Warning));
        Assert.Equal(
            """
                public static string Of(Vector256<int> v) => $"512 {Own()}";

                public static string Of(Vector256<int> v, Vector128<int> half) => nameof(half);
            """,
            Members(result, "Lanes256"));
        Assert.Equal(
            """
                public static string Own() => "wider";

                public static string Of(Vector128<int> v) => $"512 {Own()}";
            """,
            Members(result, "Lanes128"));
    }

    private static string Members(GeneratorDriverRunResult result, string type)
    {
        var text = result.GeneratedTrees.Single(tree => tree.FilePath.EndsWith($"{type}.g.cs", StringComparison.Ordinal)).ToString();
        return text[(text.IndexOf("{\n", StringComparison.Ordinal) + 2)..text.LastIndexOf("\n}", StringComparison.Ordinal)];
    }
}
