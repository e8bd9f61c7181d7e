using System.Composition;
using System.Linq;
using MageDsl.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MageDsl.CodeFixes;

/// <summary>Makes the class of a kernel <c>static partial</c>, and the kernel <c>static</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class AddModifiers : KernelFix
{
    /// <summary>For MDSL001, MDSL003 and MDSL022.</summary>
    public AddModifiers() : base(Descriptors.KernelClass.Id, Descriptors.KernelMethod.Id, Descriptors.RecompileClass.Id)
    {
    }

    private protected override (string Title, SyntaxNode Old, SyntaxNode New)? Fix(SyntaxNode at, Diagnostic diagnostic)
    {
        if (diagnostic.Id == Descriptors.KernelMethod.Id)
        {
            return Method(at) is { } method && !method.Modifiers.Any(SyntaxKind.StaticKeyword)
                ? ("Make the kernel static", method, method.AddModifiers(Token(SyntaxKind.StaticKeyword)))
                : null;
        }
        // Of another type the members would have to change too.
        if (at.FirstAncestorOrSelf<ClassDeclarationSyntax>() is not { Parent: not TypeDeclarationSyntax, TypeParameterList: null } type) return null;
        var isStatic = type.Modifiers.Any(SyntaxKind.StaticKeyword);
        var isPartial = type.Modifiers.Any(SyntaxKind.PartialKeyword);
        if ((isStatic && isPartial) || (!isStatic && !CanBeStatic(type))) return null;
        var kept = type.Modifiers.Where(m => !m.IsKind(SyntaxKind.PartialKeyword) && !m.IsKind(SyntaxKind.SealedKeyword));
        // The first modifier carries what stands before the class.
        var leading = type.GetLeadingTrivia();
        var modifiers = SyntaxFactory.TokenList(kept.Select(m => m.WithLeadingTrivia().WithTrailingTrivia(SyntaxFactory.Space)));
        if (!isStatic) modifiers = modifiers.Add(Token(SyntaxKind.StaticKeyword));
        modifiers = modifiers.Add(Token(SyntaxKind.PartialKeyword));
        return ("Make the class static partial", type, type.WithoutLeadingTrivia().WithModifiers(modifiers).WithLeadingTrivia(leading));
    }

    private static bool CanBeStatic(ClassDeclarationSyntax type) =>
        type.BaseList is null && type.Members.All(m => m is BaseTypeDeclarationSyntax
            || m.Modifiers.Any(SyntaxKind.StaticKeyword) || m.Modifiers.Any(SyntaxKind.ConstKeyword));

    private static SyntaxToken Token(SyntaxKind kind) => SyntaxFactory.Token(kind).WithTrailingTrivia(SyntaxFactory.Space);
}
