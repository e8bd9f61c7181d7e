using System;
using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Diagnostics;
using MageDsl.Generators.Emit;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace MageDsl.Generators.Pipeline;

/// <summary>A compiled kernel, the name of its file, and where its origins are today: what is put out.</summary>
internal sealed record PlacedKernel(CompiledKernel Kernel, string File, EquatableArray<LocationInfo> Places)
{
    public void AddTo(SourceProductionContext output)
    {
        if (Kernel.Source is { } source) output.AddSource(File, LineMarks.Resolve(source, Places.Select(p => p.ToPlace()).ToArray()));
        if (Kernel.Failure is { } failure)
        {
            output.ReportDiagnostic(
                new DiagnosticInfo(failure.Id, Places[Math.Max(failure.Origin, TracedModel.Name)], failure.Message).ToDiagnostic());
        }
    }
}

/// <summary>The places of all kernels by their names.</summary>
internal sealed class PlaceTable : IEquatable<PlaceTable>
{
    private readonly Dictionary<string, EquatableArray<LocationInfo>> places = new();

    public PlaceTable(IEnumerable<ParsedKernel> kernels)
    {
        foreach (var kernel in kernels)
            if (kernel.Traced is { } traced) places[CompiledKernel.NameOf(traced.Model)] = kernel.Places;
    }

    public EquatableArray<LocationInfo> Of(CompiledKernel kernel) => places[kernel.Name];

    public bool Equals(PlaceTable? other) =>
        other != null && places.Count == other.places.Count && places.All(p => other.places.TryGetValue(p.Key, out var same) && p.Value.Equals(same));

    public override bool Equals(object? obj) => Equals(obj as PlaceTable);

    public override int GetHashCode() => places.Count;
}
