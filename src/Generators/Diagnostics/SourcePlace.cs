namespace MageDsl.Generators.Diagnostics;

/// <summary>
/// A span in a source file, lines and characters counted from 0. Nothing of Roslyn, which is not there where a kernel is only shown.
/// </summary>
internal sealed record SourcePlace(string Path, int StartLine, int StartCharacter, int EndLine, int EndCharacter);
