using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using MageDsl.Generators.Diagnostics;
using MageDsl.Generators.Ir;
using Microsoft.CodeAnalysis;

namespace MageDsl.Generators.Parsing;

/// <summary>The kernels of another class, to be compiled once more into a class marked [Recompile].</summary>
internal static class RecompileParser
{
    public static EquatableArray<ParsedKernel> Parse(INamedTypeSymbol target, AttributeData attribute, Compilation compilation, CancellationToken cancellation)
    {
        var identifier = Symbols.Of(target);
        try
        {
            if (!target.IsStatic || target.ContainingType != null || target.IsGenericType || !KernelParser.IsPartial(target))
                throw new KernelError(Descriptors.RecompileClass, identifier, $"'{target.Name}' must be a static partial class, not generic and not inside another type");
            if (attribute.ConstructorArguments.Length != 1 || attribute.ConstructorArguments[0].Value is not INamedTypeSymbol source) throw KernelError.Reported();
            if (SymbolEqualityComparer.Default.Equals(source, target))
                throw new KernelError(Descriptors.RecompileClass, identifier, $"'{target.Name}' recompiles itself");
            var kernels = Kernels(source, identifier, compilation, cancellation);
            if (kernels.Count == 0)
                throw new KernelError(Descriptors.RecompileClass, Symbols.Of(attribute, identifier), $"'{source.Name}' has no kernels to compile again");
            var fusion = Symbols.Flag(attribute, "Fusion", true);
            return kernels.Where(k => k.Traced != null).Select(k => k with { Traced = Moved(k.Traced!) }).ToEquatable();

            TracedModel Moved(TracedModel traced) =>
                traced with { Model = traced.Model with { Namespace = Symbols.Namespace(target), TypeName = target.Name, Fusion = fusion } };
        }
        catch (KernelError error)
        {
            var diagnostics = error.Descriptor is null ? default : EquatableArray.Of(error.ToInfo());
            return EquatableArray.Of(new ParsedKernel(null, default, diagnostics));
        }
    }

    /// <summary>
    /// Of a class of this project the definitions are read (a wrong one has no model, and is reported at itself), of another its IR,
    /// which knows no places but that of the attribute's class.
    /// </summary>
    private static IReadOnlyList<ParsedKernel> Kernels(INamedTypeSymbol source, Location identifier, Compilation compilation, CancellationToken cancellation)
    {
        if (SymbolEqualityComparer.Default.Equals(source.ContainingAssembly, compilation.Assembly))
            return source.GetMembers().OfType<IMethodSymbol>().Where(Symbols.IsKernelMethod)
                .Select(m => KernelParser.Parse(m, compilation, cancellation) with { Diagnostics = default }).ToArray();
        try
        {
            var places = EquatableArray.Of(LocationInfo.From(identifier));
            return ReferencedIr.All(source).Select(text => new ParsedKernel(new TracedModel(IrText.Parse(text), default), places, default)).ToArray();
        }
        catch (FormatException error)
        {
            throw new KernelError(
                Descriptors.MissingIr, identifier, $"the IR of '{source.Name}' in {source.ContainingAssembly.Name} cannot be read ({error.Message}): build both projects with the same version");
        }
    }
}
