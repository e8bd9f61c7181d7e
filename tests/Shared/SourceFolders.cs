using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Tests.Shared;

/// <summary>A folder uses another.</summary>
/// <param name="From">The folder that uses.</param>
/// <param name="To">The folder that is used.</param>
/// <param name="What">A name that stands for it.</param>
/// <param name="Place">File and line of that name.</param>
internal sealed record FolderUse(string From, string To, string What, string Place)
{
    public override string ToString() => $"{From} uses {To} ({What} in {Place})";
}

/// <summary>
/// Folders of C# files and which uses which. The files are compiled together, so that every name counts as what it means: also where folders
/// share a namespace and need no using lines, and where members have the names of types.
/// </summary>
internal sealed class SourceFolders
{
    // The SDK gives them to every project.
    private const string ImplicitUsings =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; " +
        "global using System.Threading; global using System.Threading.Tasks;";

    private static readonly Lazy<MetadataReference[]> References = new(() =>
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ]);

    /// <summary>Folders of files that are given.</summary>
    /// <param name="files">Path below the source folder, with /, and text.</param>
    /// <exception cref="InvalidOperationException">A file cannot be understood.</exception>
    public SourceFolders(IEnumerable<(string Path, string Text)> files)
    {
        var options = new CSharpParseOptions(LanguageVersion.Preview);
        var trees = files.Select(file => Checked(CSharpSyntaxTree.ParseText(file.Text, options, file.Path))).ToArray();
        Names = [.. trees.Select(Folder).Distinct().Order(StringComparer.Ordinal)];

        // What generators add is missing, which leaves errors, but takes the meaning from no name that is written here.
        var compilation = CSharpCompilation.Create(
            nameof(SourceFolders), [CSharpSyntaxTree.ParseText(ImplicitUsings, options), .. trees], References.Value,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
        var models = Array.ConvertAll(trees, tree => compilation.GetSemanticModel(tree));
        var byNamespace = trees.SelectMany(Namespaces).Distinct().ToLookup(space => space.Name, space => space.Folder);

        // A using line says less than the names that need it, so it is the example only where there are none.
        Uses = [.. models.SelectMany(OfNames).Concat(models.SelectMany(model => OfUsings(model, byNamespace))).DistinctBy(use => (use.From, use.To))];
    }

    /// <summary>The folders that hold files; "." is the source folder itself.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Who uses whom, one example of each.</summary>
    public IReadOnlyList<FolderUse> Uses { get; }

    /// <summary>The folders below a source folder, without what builds leave, and others beside it, as <c>../Shared</c>.</summary>
    public static SourceFolders Read(string source, IEnumerable<string> beside) => new(
        beside.Select(folder => Path.Combine(source, folder)).Append(source)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
            .Select(path => (Path: Path.GetRelativePath(source, path).Replace('\\', '/'), File: path))
            .Where(file => !file.Path.Split('/').Any(part => part is "obj" or "bin"))
            .OrderBy(file => file.Path, StringComparer.Ordinal)
            .Select(file => (file.Path, File.ReadAllText(file.File))));

    private static string Folder(SyntaxTree tree) => tree.FilePath.LastIndexOf('/') is > 0 and var end ? tree.FilePath[..end] : ".";

    private static SyntaxTree Checked(SyntaxTree tree)
        => tree.GetDiagnostics().FirstOrDefault(found => found.Severity == DiagnosticSeverity.Error) is { } error
            ? throw new InvalidOperationException($"'{tree.FilePath}' cannot be understood ({error}); newer C# needs a newer Microsoft.CodeAnalysis")
            : tree;

    /// <summary>The namespaces of a file, but for those of the framework, whose types it may replace.</summary>
    private static IEnumerable<(string Name, string Folder)> Namespaces(SyntaxTree tree) =>
        from space in tree.GetRoot().DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>()
        let name = space.Name.ToString()
        where name.Split('.')[0] != nameof(System)
        select (name, Folder(tree));

    private static IEnumerable<FolderUse> OfNames(SemanticModel model) =>
        from name in model.SyntaxTree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>()
        where !name.IsVar
        from symbol in Meanings(model, name)
        from use in Of(name, Places(symbol), name.Identifier.Text)
        select use;

    /// <summary>A using line of a namespace that is in one folder; of others, names say which folder is meant.</summary>
    private static IEnumerable<FolderUse> OfUsings(SemanticModel model, ILookup<string, string> byNamespace) =>
        from line in model.SyntaxTree.GetRoot().DescendantNodes().OfType<UsingDirectiveSyntax>()
        where line.Name is not null
        let folders = byNamespace[model.GetSymbolInfo(line.Name!).Symbol?.ToDisplayString() ?? ""].ToArray()
        where folders.Length == 1
        from use in Of(line, folders, line.ToString())
        select use;

    /// <summary>What a name means; where an overload is missing that a generator adds, the others of its name.</summary>
    private static IEnumerable<ISymbol> Meanings(SemanticModel model, SimpleNameSyntax name)
    {
        var info = model.GetSymbolInfo(name);
        return (info.Symbol is { } symbol ? [symbol] : info.CandidateSymbols).Where(one => one is not INamespaceSymbol);
    }

    /// <summary>The folders in which something is declared; what nobody wrote, as a constructor may be, is where its type is.</summary>
    private static string[] Places(ISymbol symbol)
    {
        var written = symbol.DeclaringSyntaxReferences.IsEmpty ? symbol.ContainingType : symbol;
        return [.. written?.DeclaringSyntaxReferences.Select(place => Folder(place.SyntaxTree)) ?? []];
    }

    private static IEnumerable<FolderUse> Of(SyntaxNode node, string[] places, string what)
    {
        var (file, folder) = (node.SyntaxTree.FilePath, Folder(node.SyntaxTree));
        return places.Contains(folder)
            ? []
            : places.Select(place => new FolderUse(folder, place, what, $"{file}:{node.GetLocation().GetLineSpan().StartLinePosition.Line + 1}"));
    }
}
