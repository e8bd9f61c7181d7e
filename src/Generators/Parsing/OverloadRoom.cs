using System;
using System.Linq;
using MageDsl.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace MageDsl.Generators.Parsing;

/// <summary>Checks that what is generated for a kernel compiles where it goes: in its project, its class and its namespace.</summary>
internal static class OverloadRoom
{
    public static void CheckProject(Compilation compilation, Location identifier)
    {
        var problem = compilation.Options is CSharpCompilationOptions { AllowUnsafe: false } ? "does not allow unsafe code: set <AllowUnsafeBlocks>true</AllowUnsafeBlocks>"
            : compilation is CSharpCompilation { LanguageVersion: < LanguageVersion.CSharp12 } old ? $"is compiled as C# {old.LanguageVersion.ToDisplayString()}: set <LangVersion>latest</LangVersion>"
            : null;
        if (problem != null) throw new KernelError(Descriptors.Project, identifier, $"generated kernels work on pointers and are written in C# 12, but this project {problem}");
    }

    public static void CheckClass(IMethodSymbol method, Signature signature, Location identifier)
    {
        KernelError NoRoom(string problem) => new(Descriptors.NoRoom, identifier, problem);

        var type = method.ContainingType;
        if (signature.Parameters.All(p => p.Layout is null))
            throw NoRoom($"kernel '{method.Name}' takes no tensor, so its compiled overload would be the same method: a kernel has an Expr parameter");
        foreach (var other in type.GetMembers(method.Name).OfType<IMethodSymbol>())
            if (!SymbolEqualityComparer.Default.Equals(other, method) && other.Parameters.Length == method.Parameters.Length && other.Parameters.Zip(method.Parameters, IsAsCompiled).All(same => same))
                throw NoRoom($"'{type.Name}' has a method {method.Name}({string.Join(", ", other.Parameters.Select(p => p.Type.ToDisplayString()))}), where the compiled overload of '{method.Name}' goes: rename one of them");
        foreach (var name in new[] { $"Register{method.Name}", $"Describe{method.Name}" })
            if (type.GetMembers(name).Any(m => m is not IMethodSymbol { Parameters.Length: > 0 }))
                throw NoRoom($"'{type.Name}' has a member '{name}', which the generated code of '{method.Name}' has too: rename one of them");
        var stages = $"{type.Name}_{method.Name}Kernel";
        if (type.ContainingNamespace.GetTypeMembers(stages).Any())
            throw NoRoom($"there is a type '{stages}', which the generated code of '{method.Name}' has too: rename one of them");
        var twin = type.ContainingNamespace.GetTypeMembers().FirstOrDefault(t => !SymbolEqualityComparer.Default.Equals(t, type)
            && IsSameFile(t.Name, type.Name) && t.GetMembers().OfType<IMethodSymbol>().Any(m => Symbols.IsKernelMethod(m) && IsSameFile(m.Name, method.Name)));
        if (twin != null) throw NoRoom($"'{type.Name}.{method.Name}' and a kernel of '{twin.Name}' differ in case only, and the names of their generated files may not: rename one of them");
    }

    private static bool IsAsCompiled(IParameterSymbol other, IParameterSymbol own) => Symbols.IsExpr(own.Type)
        ? other.Type.Name == "Tensor" && Symbols.Namespace(other.Type) == "MageDsl"
        : SymbolEqualityComparer.Default.Equals(other.Type, own.Type);

    private static bool IsSameFile(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    /// <summary>Parameters share their method with sizes, called n_ and the axis, and with what begins with an underscore.</summary>
    public static void CheckNames(IMethodSymbol method, Signature signature)
    {
        var axes = signature.Parameters.Where(p => p.Layout != null).SelectMany(p => p.Layout!.Names).Concat(signature.Results.SelectMany(r => r.Layout.Names)).Distinct().ToArray();
        for (var i = 0; i < method.Parameters.Length; i++)
        {
            var name = method.Parameters[i].Name;
            var isSize = name.StartsWith("n_", StringComparison.Ordinal) && signature.Parameters[i].SizeOf != name.Substring(2) && axes.Contains(name.Substring(2));
            if (isSize || name.StartsWith("_", StringComparison.Ordinal))
                throw new KernelError(
                    Descriptors.ReservedName, Symbols.Of(method.Parameters[i]), $"parameter '{name}' may have the name of something in generated code{(isSize ? $", the size of axis '{name.Substring(2)}'" : "")}: call it otherwise");
        }
    }
}
