using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace MageDsl.Generators.Diagnostics;

/// <summary>A word of the definition and the one that was probably meant, for the code fix.</summary>
internal sealed record Correction(string Word, string Meant);

/// <summary>A diagnostic on its way through the pipeline, comparable by value.</summary>
internal sealed record DiagnosticInfo(string Id, LocationInfo Location, string Message, Correction? Correction = null)
{
    /// <summary>The properties under which a code fix finds the <see cref="Correction"/>.</summary>
    public const string Word = nameof(Word), Meant = nameof(Meant);

    public Diagnostic ToDiagnostic()
    {
        var properties = ImmutableDictionary<string, string?>.Empty;
        if (Correction is { } correction) properties = properties.Add(Word, correction.Word).Add(Meant, correction.Meant);
        return Diagnostic.Create(Descriptors.Get(Id), Location.ToLocation(), properties, Message);
    }
}
