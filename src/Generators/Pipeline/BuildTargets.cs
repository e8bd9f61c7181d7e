using System;
using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Analysis;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Diagnostics;
using MageDsl.Generators.Ir;
using Microsoft.CodeAnalysis;

namespace MageDsl.Generators.Pipeline;

/// <summary>What the MSBuild property MageDslTargets names: the kinds of device that code is written for.</summary>
/// <param name="Names">The names, as they were written.</param>
internal sealed record BuildTargets(EquatableArray<string> Names)
{
    /// <summary>Reads the property; empty is <c>cpu</c>.</summary>
    public static BuildTargets Parse(string? text)
    {
        var names = (text ?? "").Split(new[] { ';', ',', ' ' }, StringSplitOptions.RemoveEmptyEntries).Distinct().ToArray();
        return new BuildTargets((names.Length > 0 ? names : new[] { Target.Cpu.Name }).ToEquatable());
    }

    /// <summary>What code is written for; the processor always is.</summary>
    public IEnumerable<Target> Targets => Target.All.Where(t => t == Target.Cpu || Names.Contains(t.Name));

    /// <summary>Reports the names that are those of no target.</summary>
    public void Report(SourceProductionContext output)
    {
        var there = string.Join(", ", Target.All.Select(t => t.Name));
        foreach (var name in Names.Where(name => Target.All.All(t => t.Name != name)))
        {
            output.ReportDiagnostic(
                Diagnostic.Create(Descriptors.UnknownTarget, Location.None, $"MageDslTargets names '{name}', which is no target; there is: {there}"));
        }
        if (!Names.Contains(Target.Cpu.Name))
        {
            output.ReportDiagnostic(Diagnostic.Create(
                Descriptors.UnknownTarget, Location.None, $"MageDslTargets lacks '{Target.Cpu.Name}', whose code is always written: add it"));
        }
    }
}
