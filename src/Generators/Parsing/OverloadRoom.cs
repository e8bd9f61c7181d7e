using System;
using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Diagnostics;
using MageDsl.Generators.Ir;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace MageDsl.Generators.Parsing;

/// <summary>Checks that what is generated for a kernel compiles where it goes: in its project, its class and its namespace.</summary>
internal static class OverloadRoom
{
    public static void CheckProject(Compilation compilation, Location identifier)
    {
        var problem = compilation.Options is CSharpCompilationOptions { AllowUnsafe: false }
            ? "does not allow unsafe code: set <AllowUnsafeBlocks>true</AllowUnsafeBlocks>"
            : compilation is CSharpCompilation { LanguageVersion: < LanguageVersion.CSharp12 } old
                ? $"is compiled as C# {old.LanguageVersion.ToDisplayString()}: set <LangVersion>latest</LangVersion>"
            : null;
        if (problem != null)
        {
            throw new KernelError(
                Descriptors.Project, identifier, $"generated kernels work on pointers and are written in C# 12, but this project {problem}");
        }
    }

    public static void CheckClass(IMethodSymbol method, Signature signature, Location identifier)
    {
        if (signature.Parameters.All(p => p.Layout is null))
        {
            throw new KernelError(
                Descriptors.NoRoom, identifier,
                $"kernel '{method.Name}' takes no tensor, so its compiled overload would be the same method: a kernel has an Expr parameter");
        }
        if (Taken(method.ContainingType, method.Name, signature.Parameters, method) is { } taken)
        {
            throw new KernelError(Descriptors.NoRoom, identifier, taken);
        }
    }

    /// <summary>What is where the code generated for a kernel goes, in words; null if there is room.</summary>
    /// <param name="type">The class that it goes to.</param>
    /// <param name="name">The kernel's name.</param>
    /// <param name="parameters">The kernel's parameters.</param>
    /// <param name="definition">The kernel itself, if it is of the same class.</param>
    public static string? Taken(INamedTypeSymbol type, string name, IReadOnlyList<ParameterModel> parameters, IMethodSymbol? definition = null)
    {
        if (definition is null && name == type.Name) return $"a kernel '{name}' cannot be in a class of its name: rename one of them";
        foreach (var member in type.GetMembers(name))
        {
            if (SymbolEqualityComparer.Default.Equals(member, definition)) continue;
            if (member is not IMethodSymbol other)
            {
                return $"'{type.Name}' has a member '{name}', where the compiled overload of '{name}' goes: rename one of them";
            }
            if (definition is null && Symbols.IsKernelMethod(other)) return $"'{type.Name}' has a kernel '{name}' of its own: rename one of them";
            if (other.Arity == 0 && other.Parameters.Length == parameters.Count && other.Parameters.Zip(parameters, IsAsCompiled).All(same => same))
            {
                return $"'{type.Name}' has a method {name}({string.Join(", ", other.Parameters.Select(p => p.Type.ToDisplayString()))}), " +
                    $"where the compiled overload of '{name}' goes: rename one of them";
            }
        }
        var home = KernelModel.Home(name);
        return type.GetMembers(home).Any()
            ? $"'{type.Name}' has a member '{home}', which the generated code of '{name}' has too: rename one of them"
            : null;
    }

    private static bool IsAsCompiled(IParameterSymbol other, ParameterModel own) => other.RefKind == RefKind.None && own.Kind switch
    {
        KernelParameterKind.Tensor or KernelParameterKind.Ids => Symbols.IsTensor(other.Type),
        KernelParameterKind.Float => other.Type.SpecialType == SpecialType.System_Single,
        KernelParameterKind.Double => other.Type.SpecialType == SpecialType.System_Double,
        KernelParameterKind.Bool => other.Type.SpecialType == SpecialType.System_Boolean,
        _ => other.Type.SpecialType == SpecialType.System_Int32,
    };

    /// <summary>Parameters share their methods with what begins with an underscore, and with nothing else.</summary>
    public static void CheckNames(IMethodSymbol method)
    {
        foreach (var parameter in method.Parameters)
        {
            if (parameter.Name.StartsWith("_", StringComparison.Ordinal))
            {
                throw new KernelError(
                    Descriptors.ReservedName, Symbols.Of(parameter),
                    $"parameter '{parameter.Name}' may have the name of something in generated code, where such names begin with an underscore: " +
                    "call it otherwise");
            }
        }
    }
}
