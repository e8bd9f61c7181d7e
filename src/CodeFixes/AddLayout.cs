using System.Composition;
using System.Linq;
using MageDsl.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MageDsl.CodeFixes;

/// <summary>Gives a tensor or a result that has no layout the one that its neighbours have.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class AddLayout : KernelFix
{
    /// <summary>For MDSL004 and MDSL014.</summary>
    public AddLayout() : base(Descriptors.Parameter.Id, Descriptors.ResultLayouts.Id)
    {
    }

    private protected override (string Title, SyntaxNode Old, SyntaxNode New)? Fix(SyntaxNode at, Diagnostic diagnostic)
    {
        if (Method(at) is not { } method) return null;
        if (diagnostic.Id == Descriptors.ResultLayouts.Id)
        {
            if (OfResult(method, "Dims") != null || OfResult(method, "Ids") != null || OfParameters(method) is not { } layout) return null;
            var count = method.ReturnType is TupleTypeSyntax tuple ? tuple.Elements.Count : 1;
            var text = string.Join(", ", Enumerable.Repeat(layout, count));
            var list = List($"[return: Dims({text})]").WithTrailingTrivia(SyntaxFactory.ElasticLineFeed);
            return ($"Add [return: Dims({text})]", method, method.AddAttributeLists(list.WithLeadingTrivia(Indentation(method))));
        }
        if (at.FirstAncestorOrSelf<ParameterSyntax>() is not { AttributeLists.Count: 0, Type: { } type } parameter
            || type.ToString().Split('.').Last() != "Expr")
        {
            return null;
        }
        if ((OfParameters(method) ?? OfAttribute(OfResult(method, "Dims"))) is not { } known) return null;
        return ($"Add [Dims({known})]", parameter,
            parameter.WithoutLeadingTrivia().AddAttributeLists(List($"[Dims({known})]").WithTrailingTrivia(SyntaxFactory.Space))
                .WithLeadingTrivia(parameter.GetLeadingTrivia()));
    }

    /// <summary>The layout of the first tensor that has one, as C# text.</summary>
    private static string? OfParameters(MethodDeclarationSyntax method) => method.ParameterList.Parameters
        .SelectMany(p => p.AttributeLists).SelectMany(l => l.Attributes)
        .Where(a => IsNamed(a, "Dims")).Select(OfAttribute).FirstOrDefault(t => t != null);

    private static string? OfAttribute(AttributeSyntax? attribute) =>
        attribute?.ArgumentList is { Arguments.Count: 1 } arguments ? arguments.Arguments[0].ToString() : null;

    private static SyntaxTriviaList Indentation(MethodDeclarationSyntax method) =>
        SyntaxFactory.TriviaList(method.GetLeadingTrivia().Where(t => t.IsKind(SyntaxKind.WhitespaceTrivia)).Take(1));
}
