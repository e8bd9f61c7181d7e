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
    public static EquatableArray<ParsedKernel> Parse(
        INamedTypeSymbol target, SyntaxNode part, Compilation compilation, CancellationToken cancellation)
    {
        var identifier = Symbols.Of(target);
        // On two parts of a class it is an error of C#, and one of them is enough.
        if (Symbols.Attribute(target.GetAttributes(), "RecompileAttribute") is not { } attribute || !IsOn(part, attribute.ApplicationSyntaxReference))
        {
            return default;
        }
        try
        {
            return Kernels(target, attribute, identifier, compilation, cancellation);
        }
        catch (KernelError error)
        {
            return error.Descriptor is null ? default : EquatableArray.Of(new ParsedKernel(null, default, EquatableArray.Of(error.ToInfo())));
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            var message = $"the kernels for '{target.Name}' could not be read; please report this: {error.GetType().Name}: {error.Message}";
            return EquatableArray.Of(new ParsedKernel(
                null, default, EquatableArray.Of(new DiagnosticInfo(Descriptors.NotCompiled.Id, LocationInfo.From(identifier), message))));
        }
    }

    private static bool IsOn(SyntaxNode part, SyntaxReference? attribute) =>
        attribute?.SyntaxTree == part.SyntaxTree && part.Span.Contains(attribute.Span);

    private static EquatableArray<ParsedKernel> Kernels(
        INamedTypeSymbol target, AttributeData attribute, Location identifier, Compilation compilation, CancellationToken cancellation)
    {
        KernelError Wrong(Location at, string message) => new(Descriptors.RecompileClass, at, message);

        if (!target.CanBeReferencedByName) throw KernelError.Reported();
        var at = Symbols.Of(attribute, identifier);
        if (KernelParser.ClassProblem(target) is { } problem)
        {
            throw Wrong(identifier, $"'{target.Name}' {problem}: it must be a static partial class, not generic");
        }
        if (attribute.AttributeConstructor is null || attribute.ConstructorArguments.Length != 1
            || attribute.ConstructorArguments[0] is not { Kind: not TypedConstantKind.Error } argument)
        {
            throw KernelError.Reported();
        }
        if (argument.Value is not INamedTypeSymbol source) throw Wrong(at, $"'{target.Name}' recompiles what is no class: name one with typeof");
        if (source.TypeKind == TypeKind.Error) throw KernelError.Reported();
        if (SymbolEqualityComparer.Default.Equals(source, target)) throw Wrong(identifier, $"'{target.Name}' recompiles itself");
        OverloadRoom.CheckProject(compilation, identifier);
        var kernels = Found(source, target, identifier, compilation, cancellation);
        if (kernels.Count == 0) throw Wrong(at, $"'{source.Name}' has no kernels to compile again");
        var fusion = Symbols.Flag(attribute, "Fusion", true);
        var moved = kernels.Where(k => k.Traced != null).Select(k => k with { Traced = Moved(k.Traced!) }).ToArray();
        foreach (var model in moved.Select(k => k.Traced!.Model))
        {
            if (target.GetMembers(model.Name).OfType<IMethodSymbol>().Any(Symbols.IsKernelMethod))
            {
                throw Wrong(identifier, $"'{target.Name}' has a kernel '{model.Name}' of its own, and '{source.Name}' has one of that name");
            }
            if (OverloadRoom.Taken(target, model.Name, model.Parameters) is { } taken) throw Wrong(identifier, taken);
        }
        return moved.ToEquatable();

        TracedModel Moved(TracedModel traced) =>
            traced with { Model = traced.Model with { Namespace = Symbols.Namespace(target), TypeName = Symbols.TypeName(target), Fusion = fusion } };
    }

    /// <summary>
    /// Of a class of this project the definitions are read (a wrong one has no model, and is reported at itself), of another its IR,
    /// which knows no places but that of the attribute's class. A definition that the class may not call is left out.
    /// </summary>
    private static IReadOnlyList<ParsedKernel> Found(
        INamedTypeSymbol source, INamedTypeSymbol target, Location identifier, Compilation compilation, CancellationToken cancellation)
    {
        if (SymbolEqualityComparer.Default.Equals(source.ContainingAssembly, compilation.Assembly))
        {
            return source.GetMembers().OfType<IMethodSymbol>().Where(Symbols.IsKernelMethod).Where(IsSeen)
                .Select(m => KernelParser.Parse(m, compilation, cancellation) with { Diagnostics = default }).ToArray();
        }

        try
        {
            var places = EquatableArray.Of(LocationInfo.From(identifier));
            var seen = new HashSet<string>(
                source.GetMembers().OfType<IMethodSymbol>().Where(Symbols.IsKernelMethod).Where(IsSeen).Select(m => m.Name));
            return ReferencedIr.All(source).Select(text => new ParsedKernel(new TracedModel(IrText.Parse(text), default), places, default))
                .Where(k => seen.Remove(k.Traced!.Model.Name)).ToArray();
        }
        catch (FormatException error)
        {
            throw new KernelError(
                Descriptors.MissingIr, identifier,
                $"the IR of '{source.Name}' in {source.ContainingAssembly.Name} cannot be read ({error.Message}): " +
                "build both projects with the same version");
        }

        bool IsSeen(IMethodSymbol method) => compilation.IsSymbolAccessibleWithin(method, target);
    }
}
