using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace MageDsl.Generators.Parsing;

/// <summary>The symbols of the language, known by their names.</summary>
internal static class Symbols
{
    public const string Kernel = "MageDsl.KernelAttribute";
    public const string KernelIr = "MageDsl.KernelIrAttribute";
    public const string Recompile = "MageDsl.RecompileAttribute";

    public static bool IsExpr(ITypeSymbol? type) => Is(type, "MageDsl", "Expr");

    public static bool IsTensor(ITypeSymbol? type) => Is(type, "MageDsl", "Tensor");

    public static bool IsOps(ITypeSymbol? type) => Is(type, "MageDsl", "Ops");

    public static bool IsMath(ITypeSymbol? type) => Is(type, "System", "Math") || Is(type, "System", "MathF");

    public static bool IsKernelMethod(IMethodSymbol method) => Attribute(method.GetAttributes(), "KernelAttribute") != null;

    /// <summary>The attribute of namespace MageDsl with this class name, or null.</summary>
    public static AttributeData? Attribute(IEnumerable<AttributeData> attributes, string name) =>
        attributes.FirstOrDefault(a => Is(a.AttributeClass, "MageDsl", name));

    /// <summary>A named argument of an attribute, or its default.</summary>
    public static bool Flag(AttributeData attribute, string name, bool byDefault)
    {
        foreach (var argument in attribute.NamedArguments)
            if (argument.Key == name && argument.Value.Value is bool flag) return flag;
        return byDefault;
    }

    /// <summary>A named argument of an attribute, of this enumeration, or its first member.</summary>
    public static T Choice<T>(AttributeData attribute, string name) where T : struct, System.Enum
    {
        foreach (var argument in attribute.NamedArguments)
        {
            if (argument.Key == name && argument.Value.Value is int value && System.Enum.IsDefined(typeof(T), value))
            {
                return (T)System.Enum.ToObject(typeof(T), value);
            }
        }
        return default;
    }

    /// <summary>
    /// The strings of a constructor that takes one, or <c>params string[]</c>, less those that are null; null where the C# compiler takes no such
    /// arguments.
    /// </summary>
    public static IReadOnlyList<string>? Strings(AttributeData attribute)
    {
        if (attribute.AttributeConstructor is null || attribute.ConstructorArguments.Length != 1) return null;
        var argument = attribute.ConstructorArguments[0];
        if (argument.Kind == TypedConstantKind.Error) return null;
        var values = argument.Kind != TypedConstantKind.Array ? new[] { argument }
            : argument.IsNull ? new TypedConstant[0]
            : argument.Values.AsEnumerable();
        if (values.Any(v => v.Kind == TypedConstantKind.Error)) return null;
        return values.Select(v => v.Value).OfType<string>().ToArray();
    }

    public static Location Of(AttributeData attribute, Location otherwise) =>
        attribute.ApplicationSyntaxReference?.GetSyntax().GetLocation() ?? otherwise;

    public static Location Of(ISymbol symbol) => symbol.Locations.FirstOrDefault(l => l.IsInSource) ?? Location.None;

    public static string Namespace(ISymbol symbol) =>
        symbol.ContainingNamespace is { IsGlobalNamespace: false } space ? space.ToDisplayString() : "";

    /// <summary>"Layers"; of a class within another "Model.Layers".</summary>
    public static string TypeName(INamedTypeSymbol type) => type.ContainingType is { } outer ? $"{TypeName(outer)}.{type.Name}" : type.Name;

    public static string FullName(IMethodSymbol method) =>
        method.ContainingType.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat) + "." + Identifier(method.Name);

    /// <summary>A name as it stands in code: with @ where it is a keyword.</summary>
    public static string Identifier(string name) =>
        SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None || SyntaxFacts.GetContextualKeywordKind(name) != SyntaxKind.None ? "@" + name : name;

    private static bool Is(ITypeSymbol? type, string space, string name) =>
        type is { ContainingType: null } && type.Name == name && type.ContainingNamespace?.Name == space
        && type.ContainingNamespace.ContainingNamespace.IsGlobalNamespace;
}
