using System;
using MageDsl.Generators.Diagnostics;
using Microsoft.CodeAnalysis;

namespace MageDsl.Generators.Parsing;

/// <summary>Ends the reading of a statement or kernel; becomes one diagnostic, or none where something was reported already.</summary>
internal sealed class KernelError : Exception
{
    private KernelError() : base("") => Descriptor = null;

    public KernelError(DiagnosticDescriptor descriptor, Location location, string message, Correction? correction = null) : base(message)
    {
        Descriptor = descriptor;
        Location = location;
        Correction = correction;
    }

    /// <summary>Null where the cause has been reported, by us or by the C# compiler.</summary>
    public DiagnosticDescriptor? Descriptor { get; }

    public Location Location { get; } = Location.None;

    public Correction? Correction { get; }

    public static KernelError Reported() => new();

    public DiagnosticInfo ToInfo() => new(Descriptor!.Id, LocationInfo.From(Location), Message, Correction);
}
