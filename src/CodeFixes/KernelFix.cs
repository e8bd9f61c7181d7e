using System.Collections.Immutable;
using System.Linq;
using System.Threading.Tasks;
using MageDsl.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MageDsl.CodeFixes;

/// <summary>A fix that replaces one piece of syntax, which it finds from where the diagnostic is.</summary>
public abstract class KernelFix : CodeFixProvider
{
    private protected KernelFix(params string[] ids) => FixableDiagnosticIds = ids.ToImmutableArray();

    /// <inheritdoc/>
    public sealed override ImmutableArray<string> FixableDiagnosticIds { get; }

    /// <inheritdoc/>
    public sealed override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is null) return;
        foreach (var diagnostic in context.Diagnostics)
        {
            if (Fix(root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true), diagnostic) is not var (title, old, replacement))
            {
                continue;
            }
            context.RegisterCodeFix(
                CodeAction.Create(title, _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceNode(old, replacement))), title),
                diagnostic);
        }
    }

    /// <summary>What to offer, what to replace, and by what; null for nothing.</summary>
    /// <param name="at">The syntax that the diagnostic is at.</param>
    /// <param name="diagnostic">The diagnostic.</param>
    private protected abstract (string Title, SyntaxNode Old, SyntaxNode New)? Fix(SyntaxNode at, Diagnostic diagnostic);

    /// <summary>The method that the diagnostic is in.</summary>
    private protected static MethodDeclarationSyntax? Method(SyntaxNode at) => at.FirstAncestorOrSelf<MethodDeclarationSyntax>();

    /// <summary>An attribute of the language on a method's result, or null.</summary>
    private protected static AttributeSyntax? OfResult(MethodDeclarationSyntax method, string name) => method.AttributeLists
        .Where(l => l.Target?.Identifier.IsKind(SyntaxKind.ReturnKeyword) == true)
        .SelectMany(l => l.Attributes).FirstOrDefault(a => IsNamed(a, name));

    /// <summary>An attribute list without trivia: <c>[target: name("text", …)]</c>.</summary>
    private protected static AttributeListSyntax List(string text) =>
        ((MethodDeclarationSyntax)SyntaxFactory.ParseMemberDeclaration($"{text} void M() {{ }}")!).AttributeLists[0].WithoutTrivia();

    private protected static bool IsNamed(AttributeSyntax attribute, string name) =>
        attribute.Name.ToString().Split('.').Last() is var last && (last == name || last == name + "Attribute");

    private protected static string? Word(Diagnostic diagnostic) =>
        diagnostic.Properties.TryGetValue(DiagnosticInfo.Word, out var word) ? word : null;

    private protected static string? Meant(Diagnostic diagnostic) =>
        diagnostic.Properties.TryGetValue(DiagnosticInfo.Meant, out var meant) ? meant : null;
}
