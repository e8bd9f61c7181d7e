using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace MageDsl.Generators.Parsing;

/// <summary>The IR that the generator left in referenced assemblies, in an attribute on each generated overload.</summary>
internal static class ReferencedIr
{
    /// <summary>The IR of a definition: that of the method of the same name and parameter names beside it. Null if there is none.</summary>
    public static string? Find(IMethodSymbol definition) => definition.ContainingType.GetMembers(definition.Name)
        .OfType<IMethodSymbol>()
        .Where(m => m.Parameters.Select(p => p.Name).SequenceEqual(definition.Parameters.Select(p => p.Name)))
        .Select(Text)
        .FirstOrDefault(t => t != null);

    /// <summary>The IR of every kernel of a class.</summary>
    public static IReadOnlyList<string> All(INamedTypeSymbol type) =>
        type.GetMembers().OfType<IMethodSymbol>().Select(Text).Where(t => t != null).Select(t => t!).ToArray();

    private static string? Text(IMethodSymbol method) =>
        Symbols.Attribute(method.GetAttributes(), "KernelIrAttribute") is { } attribute ? Symbols.Strings(attribute)?.FirstOrDefault() : null;
}
