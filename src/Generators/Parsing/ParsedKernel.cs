using MageDsl.Generators.Diagnostics;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Parsing;

/// <summary>
/// What the parser makes of one method: the model if all is well, and what to report. Only the model goes on to the code,
/// so that a line that moves changes <see cref="Diagnostics"/> and <see cref="Identifier"/> and nothing after them.
/// </summary>
internal sealed record ParsedKernel(KernelModel? Model, EquatableArray<DiagnosticInfo> Diagnostics, LocationInfo Identifier);
