using System.Linq;
using Microsoft.CodeAnalysis;

namespace MageDsl.Generators.Backends.Cpu;

/// <summary>
/// Writes the register-tile kernels of a struct marked [GemmTile]: one for every number of rows and vectors up to the tile's,
/// because a kernel keeps its accumulators in registers only if their number is fixed, and nobody should write 28 of them.
/// </summary>
[Generator]
internal sealed class GemmTileGenerator : IIncrementalGenerator
{
    private const string AttributeName = "MageDsl.Devices.Cpu.GemmTileAttribute";

    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var tiles = context.SyntaxProvider.ForAttributeWithMetadataName(
            AttributeName,
            static (_, _) => true,
            static (target, _) => Describe(target));
        context.RegisterSourceOutput(
            tiles,
            static (output, tile) => output.AddSource($"{tile.Namespace}.{tile.Name}.g.cs", GemmTileWriter.Write(tile)));
    }

    private static GemmTileModel Describe(GeneratorAttributeSyntaxContext target)
    {
        var named = target.Attributes[0].NamedArguments.ToDictionary(a => a.Key, a => (int)a.Value.Value!);
        return new GemmTileModel(
            target.TargetSymbol.ContainingNamespace.ToDisplayString(),
            target.TargetSymbol.Name,
            named["Rows"],
            named["Vectors"],
            named["Bits"]);
    }
}

/// <summary>What a [GemmTile] asks for.</summary>
internal sealed record GemmTileModel(string Namespace, string Name, int Rows, int Vectors, int Bits);
