using System.Composition;
using System.Linq;
using MageDsl.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MageDsl.CodeFixes;

/// <summary>Puts the axis that was meant in place of a misspelt one, and gives the result's layout the axes that it lacks.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class CorrectWord : KernelFix
{
    /// <summary>For MDSL002 and MDSL015.</summary>
    public CorrectWord() : base(Descriptors.Axes.Id, Descriptors.ResultAxis.Id)
    {
    }

    private protected override (string Title, SyntaxNode Old, SyntaxNode New)? Fix(SyntaxNode at, Diagnostic diagnostic)
    {
        if (Word(diagnostic) is not { } word || Meant(diagnostic) is not { } meant) return null;
        var isLayout = diagnostic.Id == Descriptors.ResultAxis.Id;
        var place = !isLayout ? at.FirstAncestorOrSelf<ExpressionSyntax>(e => e is InvocationExpressionSyntax or ElementAccessExpressionSyntax)
            : Method(at) is { } method ? (SyntaxNode?)OfResult(method, "Dims") ?? OfResult(method, "Ids") : null;
        var literal = place?.DescendantNodes().OfType<LiteralExpressionSyntax>().LastOrDefault(l =>
            l.Token.Value is string text && (isLayout ? text == word : text.Split(' ').Contains(word)));
        if (literal is null) return null;
        var corrected = isLayout ? meant : string.Join(" ", ((string)literal.Token.Value!).Split(' ').Select(w => w == word ? meant : w));
        return (
            isLayout ? $"Return \"{meant}\"" : $"Change '{word}' to '{meant}'", literal,
            SyntaxFactory.LiteralExpression(SyntaxKind.StringLiteralExpression, SyntaxFactory.Literal(corrected)).WithTriviaFrom(literal));
    }
}
