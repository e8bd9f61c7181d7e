using MageDsl.Generators.Diagnostics;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Parsing;

/// <summary>
/// What the parser makes of one method: the model if all is well, the places that its origins number, and what to report. The
/// model alone is compiled, so that a line that moves changes <see cref="Places"/> and <see cref="Diagnostics"/> and compiles nothing.
/// </summary>
internal sealed record ParsedKernel(TracedModel? Traced, EquatableArray<LocationInfo> Places, EquatableArray<DiagnosticInfo> Diagnostics)
{
    /// <summary>Where there is no kernel, and the C# compiler says why.</summary>
    public static ParsedKernel Nothing { get; } = new(null, default, default);
}
