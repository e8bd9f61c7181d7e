using System.Diagnostics;
using System.Globalization;
using Bench.Quick;
using MageDsl.Generators.Pipeline;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace Bench.Generator;

/// <summary>
/// What the generator costs in a project of 100 kernels in 10 files: at the first build, and after an edit, as in an editor. Edits
/// go through one driver, so that what it has cached counts.
/// </summary>
internal static class GeneratorBenchmark
{
    private const int ColdRounds = 3;
    private const int EditRounds = 15;

    public static int Run()
    {
        var project = KernelProject.Compilation();
        Round(NewDriver(), project, out _); // compiles the generator itself

        var rows = new List<(string Name, List<Cost> Costs)> { ("cold", []) };
        GeneratorDriver driver = NewDriver();
        for (var i = 0; i < ColdRounds; i++) rows[0].Costs.Add(Round(NewDriver(), project, out driver));
        var result = driver.GetRunResult();
        if (result.Diagnostics.Length > 0 || result.GeneratedTrees.Length != KernelProject.Kernels)
        {
            Console.Error.WriteLine(
                $"{result.GeneratedTrees.Length} files and {result.Diagnostics.Length} diagnostics: {string.Join("\n", result.Diagnostics)}");
            return 1;
        }

        Edits("nothing changed", (tree, _) => tree);
        Edits("edit in a file without kernels", (tree, i) => tree + $"// {i}\n", KernelProject.Other);
        Edits("edit in one kernel's body", (tree, i) => tree.Replace("x * 2f", $"x * {i + 3}f"));
        Edits("the same, and its value back", (tree, i) => i % 2 == 0 ? tree.Replace("x * 2f", "x * 7f") : tree);
        Edits("a new line before 10 kernels", (tree, i) => string.Concat(Enumerable.Repeat("\n", i + 1)) + tree);
        Print(rows);
        return 0;

        void Edits(string name, Func<string, int, string> edit, int file = 0)
        {
            var costs = new List<Cost>();
            var tree = project.SyntaxTrees[file];
            var text = tree.ToString();
            var edited = driver;
            for (var i = 0; i < EditRounds; i++)
            {
                var changed = edit(text, i);
                var compilation = changed == text && i == 0
                    ? project
                    : project.ReplaceSyntaxTree(tree, tree.WithChangedText(SourceText.From(changed, System.Text.Encoding.UTF8)));
                costs.Add(Round(edited, compilation, out edited));
            }
            rows.Add((name, costs));
        }
    }

    private sealed record Cost(double Seconds, long Bytes);

    private static GeneratorDriver NewDriver() =>
        CSharpGeneratorDriver.Create([new KernelGenerator().AsSourceGenerator()], parseOptions: KernelProject.ParseOptions);

    private static Cost Round(GeneratorDriver driver, Compilation compilation, out GeneratorDriver after)
    {
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var start = Stopwatch.GetTimestamp();
        after = driver.RunGenerators(compilation);
        return new Cost(Stopwatch.GetElapsedTime(start).TotalSeconds, GC.GetTotalAllocatedBytes(precise: true) - bytes);
    }

    private static void Print(List<(string Name, List<Cost> Costs)> rows)
    {
        var cold = Statistics.Median(rows[0].Costs.Select(c => c.Seconds));
        Console.WriteLine($"{KernelProject.Kernels} kernels in 10 files; median (least) of {ColdRounds} cold runs and of {EditRounds} edits each\n");
        Console.WriteLine("| | ms | of cold | MB allocated |\n|---|--:|--:|--:|");
        foreach (var (name, costs) in rows)
        {
            var seconds = Statistics.Median(costs.Select(c => c.Seconds));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {seconds * 1e3:F1} ({costs.Min(c => c.Seconds) * 1e3:F1}) | 1/{cold / seconds:F0} " +
                $"| {Statistics.Median(costs.Select(c => (double)c.Bytes)) / 1e6:F1} |"));
        }
    }
}
