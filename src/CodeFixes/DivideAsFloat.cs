using System.Composition;
using MageDsl.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MageDsl.CodeFixes;

/// <summary>Makes the dividend of a division of whole numbers a float.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class DivideAsFloat : KernelFix
{
    /// <summary>For MDSL008.</summary>
    public DivideAsFloat() : base(Descriptors.IntegerDivision.Id)
    {
    }

    private protected override (string Title, SyntaxNode Old, SyntaxNode New)? Fix(SyntaxNode at, Diagnostic diagnostic)
    {
        if (at.FirstAncestorOrSelf<BinaryExpressionSyntax>() is not { RawKind: (int)SyntaxKind.DivideExpression } division) return null;
        var left = division.Left.WithoutTrivia();
        ExpressionSyntax real = left is LiteralExpressionSyntax { Token.Value: int number }
            ? SyntaxFactory.LiteralExpression(SyntaxKind.NumericLiteralExpression, SyntaxFactory.Literal($"{number}f", (float)number))
            : SyntaxFactory.CastExpression(
                SyntaxFactory.PredefinedType(SyntaxFactory.Token(SyntaxKind.FloatKeyword)),
                left is IdentifierNameSyntax or ParenthesizedExpressionSyntax or MemberAccessExpressionSyntax or InvocationExpressionSyntax
                    ? left
                    : SyntaxFactory.ParenthesizedExpression(left));
        return ("Divide as float", division.Left, real.WithTriviaFrom(division.Left));
    }
}
