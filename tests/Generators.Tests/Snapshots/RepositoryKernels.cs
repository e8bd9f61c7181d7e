using System.Runtime.CompilerServices;
using Generators.Tests.Compiler;
using MageDsl.Generators.Ir;
using static Generators.Tests.GeneratorHarness;

namespace Generators.Tests.Snapshots;

/// <summary>Every kernel in the repository: the library's from its IR, the model's and those of the library's tests from their sources.</summary>
internal static class RepositoryKernels
{
    private const string Usings = "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; " +
        "global using System.Threading;";

    private static readonly Lazy<IReadOnlyList<KernelModel>> Found = new(() =>
        [.. LibraryKernels.All.Values, .. FromSources("src/Mage", "*.cs"), .. FromSources("tests/Dsl.Tests/Kernels", "*Kernels.cs")]);

    public static IReadOnlyList<KernelModel> All => Found.Value;

    /// <summary>The compilation need not be whole: definitions use nothing but the language and each other.</summary>
    private static IEnumerable<KernelModel> FromSources(string folder, string pattern)
    {
        var files = Directory.GetFiles(Path.Combine(Root(), folder), pattern, SearchOption.AllDirectories)
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin")).Order(StringComparer.Ordinal);
        // Recompiled ones, which have another class than their definition, are the same kernels once more.
        return Models(Run(Compilation([Usings, .. files.Select(File.ReadAllText)], folder.Replace('/', '.'))))
            .Where(kernel => kernel.Definition.EndsWith("." + kernel.FullName, StringComparison.Ordinal));
    }

    private static string Root([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", ".."));
}
