using System.Linq;
using Microsoft.CodeAnalysis;

namespace MageDsl.Generators.Parsing;

/// <summary>Where the layouts of a kernel are written.</summary>
internal sealed class SignaturePlaces
{
    private readonly IMethodSymbol method;

    public SignaturePlaces(IMethodSymbol method, Location identifier)
    {
        this.method = method;
        Identifier = identifier;
    }

    /// <summary>The kernel's name.</summary>
    public Location Identifier { get; }

    /// <summary>The layout of a parameter.</summary>
    public Location Of(string parameter) => method.Parameters.FirstOrDefault(p => p.Name == parameter) is { } found
        ? Layout(found.GetAttributes(), Symbols.Of(found))
        : Identifier;

    /// <summary>The layouts of the results.</summary>
    public Location Results => Layout(method.GetReturnTypeAttributes(), Identifier);

    private static Location Layout(System.Collections.Immutable.ImmutableArray<AttributeData> attributes, Location otherwise) =>
        (Symbols.Attribute(attributes, "DimsAttribute") ?? Symbols.Attribute(attributes, "IdsAttribute")) is { } layout
            ? Symbols.Of(layout, otherwise)
            : otherwise;
}
