using System.Composition;
using System.Linq;
using MageDsl.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MageDsl.CodeFixes;

/// <summary>Marks a kernel that has no derivative <c>[Kernel(Differentiable = false)]</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class NotDifferentiable : KernelFix
{
    /// <summary>For MDSL017 and MDSL020.</summary>
    public NotDifferentiable() : base(Descriptors.IntoParameter.Id, Descriptors.NotDifferentiable.Id)
    {
    }

    private protected override (string Title, SyntaxNode Old, SyntaxNode New)? Fix(SyntaxNode at, Diagnostic diagnostic)
    {
        var kernel = Method(at)?.AttributeLists.Where(l => l.Target is null).SelectMany(l => l.Attributes).FirstOrDefault(a => IsNamed(a, "Kernel"));
        if (kernel is null || kernel.ArgumentList?.Arguments.Any(a => a.NameEquals?.Name.Identifier.Text == "Differentiable") == true) return null;
        var marked = List("[Kernel(Differentiable = false)]").Attributes[0].ArgumentList!.Arguments[0];
        if (kernel.ArgumentList is { Arguments.Count: > 0 }) marked = marked.WithLeadingTrivia(SyntaxFactory.Space);
        return ("Mark it not differentiable", kernel, kernel.AddArgumentListArguments(marked));
    }
}
