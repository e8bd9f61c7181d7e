using System.Text.RegularExpressions;
using MageDsl.Generators.Diagnostics;
using Xunit;
using static Generators.Tests.GeneratorHarness;

namespace Generators.Tests.Diagnostics;

/// <summary>The page of every diagnostic is there, and its examples are wrong and right as they claim.</summary>
public partial class PageTests
{
    // Examples that one compilation in memory cannot show: a project without the generator, a mistake of the compiler, a project's settings.
    private static readonly string[] WithoutExample = ["MDSL011", "MDSL023", "MDSL026", "MDSL030"];

    public static TheoryData<string> Ids => [.. Descriptors.All.Select(d => d.Id)];

    public static TheoryData<string> IdsWithExample => [.. Descriptors.All.Select(d => d.Id).Except(WithoutExample)];

    private static string Root
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (folder != null && !File.Exists(Path.Combine(folder.FullName, "MageDsl.sln"))) folder = folder.Parent;
            return folder!.FullName;
        }
    }

    private static string Page(string id) => File.ReadAllText(Path.Combine(Root, "docs", "diagnostics", id + ".md"));

    [Theory, MemberData(nameof(Ids))]
    public void Has_a_page_under_its_title_and_is_listed(string id)
    {
        var descriptor = Descriptors.Get(id);
        Assert.StartsWith($"# {id}: {descriptor.Title}\n", Page(id).ReplaceLineEndings("\n"));
        Assert.EndsWith($"/docs/diagnostics/{id}.md", descriptor.HelpLinkUri);
        var mark = HasFix(id) ? " *" : "";
        Assert.Contains($"| [{id}]({id}.md){mark} | {descriptor.Title} |", File.ReadAllText(Path.Combine(Root, "docs", "diagnostics", "README.md")));
    }

    [Theory, MemberData(nameof(Ids))]
    public void Is_in_one_list_of_releases(string id)
    {
        var lists = new[] { "Shipped", "Unshipped" }.SelectMany(
            list => File.ReadAllLines(Path.Combine(Root, "src", "Generators", $"AnalyzerReleases.{list}.md")));
        Assert.Equal(
            $"{id} | MageDsl | Error | {Descriptors.Get(id).Title}", Assert.Single(lists, line => line.StartsWith(id, StringComparison.Ordinal)));
    }

    [Fact]
    public void No_page_is_of_no_diagnostic() => Assert.Equal(
        Descriptors.All.Select(d => d.Id + ".md").Order(),
        Directory.GetFiles(Path.Combine(Root, "docs", "diagnostics"), "MDSL*.md").Select(f => Path.GetFileName(f)).Order());

    [Theory, MemberData(nameof(IdsWithExample))]
    public void The_wrong_example_gives_it(string id)
    {
        var reports = Reports(Example(id, 0));
        Assert.NotEmpty(reports);
        Assert.All(reports, report => Assert.StartsWith(id, report));
    }

    [Theory, MemberData(nameof(IdsWithExample))]
    public void The_right_example_is_right(string id)
    {
        var source = Example(id, 1);
        Assert.Empty(Compilation([source]).GetDiagnostics().Where(d => d.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error));
        Assert.Empty(Reports(source));
    }

    private static bool HasFix(string id) => typeof(MageDsl.CodeFixes.KernelFix).Assembly.GetTypes()
        .Where(t => t is { IsAbstract: false } && t.IsSubclassOf(typeof(MageDsl.CodeFixes.KernelFix)))
        .Any(t => ((MageDsl.CodeFixes.KernelFix)Activator.CreateInstance(t)!).FixableDiagnosticIds.Contains(id));

    private static string Example(string id, int index)
    {
        var code = Blocks().Matches(Page(id).ReplaceLineEndings("\n"))[index].Groups[1].Value;
        return code.Contains("class ") ? "using MageDsl;\nusing static MageDsl.Ops;\n" + code : Class(code);
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
