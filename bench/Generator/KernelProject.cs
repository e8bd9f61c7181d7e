using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Bench.Generator;

/// <summary>A project of kernels for the generator: ten definitions of different kinds, each ten times over under other names.</summary>
internal static class KernelProject
{
    public const int Kernels = 100;

    /// <summary>The number of the file that has no kernels.</summary>
    public const int Other = 10;

    private static readonly string[] Definitions =
    [
        "[return: Dims(\"... d\")] public static Expr Scale# ([Dims(\"... d\")] Expr x) => x * 2f;",
        "[return: Dims(\"... d\")] public static Expr Norm# ([Dims(\"... d\")] Expr x, [Dims(\"d\")] Expr w, [Dims(\"d\")] Expr b) " +
        "{ var c = x - Mean(x, \"d\"); return c * Rsqrt(Mean(c * c, \"d\") + 1e-6f) * w + b; }",
        "[return: Dims(\"...\")] public static Expr Gelu# ([Dims(\"...\")] Expr x) => 0.5f * x * (1 + Erf(x * 0.70710678f));",
        "[return: Dims(\"... u\")] public static Expr Softmax# ([Dims(\"... u\")] Expr x) { var e = Exp(x - Max(x, \"u\")); " +
        "return e / Sum(e, \"u\"); }",
        "[return: Dims(\"... f\")] public static Expr Linear# ([Dims(\"... d\")] Expr x, [Dims(\"f d\")] Expr w, [Dims(\"f\")] Expr b) => " +
        "Sum(x * w, \"d\") + b;",
        "[return: Dims(\"... d\")] public static Expr Dropout# ([Dims(\"... d\")] Expr x, [Dims(\"... d\")] Expr r, float rate, int seed, " +
        "bool training) => r + (training ? Select(x.Random(seed) < rate, 0, x / (1 - rate)) : x);",
        "[return: Dims(\"... d\")] public static Expr Look# ([Dims(\"v d\")] Expr table, [Ids(\"...\")] Expr ids) => Gather(table, \"v\", ids);",
        "[return: Dims(\"\")] public static Expr Loss# ([Dims(\"... u\")] Expr x, [Ids(\"...\")] Expr t) { var m = Max(x, \"u\"); " +
        "return Mean(Log(Sum(Exp(x - m), \"u\")) + m - Gather(x, \"u\", t), \"...\"); }",
        "[return: Dims(\"b o y z\")] public static Expr Conv# ([Dims(\"b c h w\")] Expr x, [Dims(\"o c i=3 j=3\")] Expr k) => " +
        "Sum(x.Window(\"h\", \"y\", \"i\", like: k, pad: 1).Window(\"w\", \"z\", \"j\", like: k, pad: 1) * k, \"c i j\");",
        "[return: Dims(\"b t (h e)\")] public static Expr Attend# ([Dims(\"b t (s=3 h e)\")] Expr qkv, [Size(\"h\")] int heads) " +
        "{ var s = Sum(qkv[\"s\", 0] * qkv[\"s\", 1].Rename(\"t\", \"u\"), \"e\") * Rsqrt(qkv.Size(\"e\")); var p = Exp(s - Max(s, \"u\")); " +
        "return Sum(p / Sum(p, \"u\") * qkv[\"s\", 2].Rename(\"t\", \"u\"), \"u\"); }",
    ];

    public static CSharpParseOptions ParseOptions { get; } = new(LanguageVersion.Latest);

    public static CSharpCompilation Compilation()
    {
        var sources = Enumerable.Range(0, 10).Select(Class).Append("internal static class Other { }\n");
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal))
            .Append(typeof(MageDsl.Expr).Assembly.Location)
            .Select(path => MetadataReference.CreateFromFile(path));
        return CSharpCompilation.Create(
            "Kernels", sources.Select((text, i) => CSharpSyntaxTree.ParseText(text, ParseOptions, $"/project/File{i}.cs", Encoding.UTF8)), references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
    }

    private static string Class(int number)
    {
        var text = new StringBuilder($"using MageDsl;\nusing static MageDsl.Ops;\npublic static partial class Kernels{number}\n{{\n");
        foreach (var definition in Definitions) text.Append("    [Kernel] ").Append(definition.Replace("# ", $"{number}")).Append('\n');
        return text.Append("}\n").ToString();
    }
}
