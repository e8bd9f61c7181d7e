using Microsoft.CodeAnalysis;

namespace MageDsl.Generators.Diagnostics;

/// <summary>A diagnostic on its way through the pipeline, comparable by value.</summary>
internal sealed record DiagnosticInfo(string Id, LocationInfo Location, string Message)
{
    public Diagnostic ToDiagnostic() => Diagnostic.Create(Descriptors.Get(Id), Location.ToLocation(), Message);
}
