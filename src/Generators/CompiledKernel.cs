using System;
using MageDsl.Generators.Diagnostics;
using MageDsl.Generators.Emit;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators;

/// <summary>A kernel's generated file, or why there is none.</summary>
internal sealed record CompiledKernel(string HintName, string? Source, string ErrorId, string Error)
{
    /// <summary>"Namespace.Type.Kernel.g.cs": kernels have one name in a class, and classes one in a namespace.</summary>
    public static string HintNameOf(KernelModel model) =>
        (model.Namespace.Length > 0 ? model.Namespace + "." : "") + model.FullName + ".g.cs";

    public static CompiledKernel From(KernelModel model) => From(model, KernelCompiler.Compile);

    /// <summary>As the compiler makes it, or its failure: of one kernel, not of the build.</summary>
    internal static CompiledKernel From(KernelModel model, Func<KernelModel, string> compile)
    {
        try
        {
            return new CompiledKernel(HintNameOf(model), compile(model), "", "");
        }
        catch (IrException error)
        {
            return new CompiledKernel(HintNameOf(model), null, error.Id, error.Message);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return new CompiledKernel(
                HintNameOf(model), null, Descriptors.NotCompiled.Id, $"'{model.FullName}' could not be compiled; please report this: {error.GetType().Name}: {error.Message}");
        }
    }
}
