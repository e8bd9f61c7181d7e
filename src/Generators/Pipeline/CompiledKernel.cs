using System;
using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Backends;
using MageDsl.Generators.Backends.Cpu;
using MageDsl.Generators.Backends.Gpu;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Diagnostics;
using MageDsl.Generators.Emit;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Parsing;

namespace MageDsl.Generators.Pipeline;

/// <summary>A kernel's generated file with its lines marked (<see cref="LineMarks"/>), or why there is none.</summary>
internal sealed record CompiledKernel(string Name, string? Source, CompileFailure? Failure)
{
    /// <summary>"Namespace.Type.Kernel": kernels have one name in a class, and classes one in a namespace.</summary>
    public static string NameOf(KernelModel model) => (model.Namespace.Length > 0 ? model.Namespace.Replace("@", "") + "." : "") + model.FullName;

    public static CompiledKernel From(TracedModel traced, BuildTargets targets, IPassObserver? observer = null) =>
        From(traced, kernel => Compile(kernel, targets, observer));

    /// <summary>The source of the file "TypeName.Name.g.cs", its lines marked for <see cref="LineMarks"/>.</summary>
    internal static string Compile(TracedModel traced, BuildTargets targets, IPassObserver? observer = null) => new KernelEmitter(
        Backends.Where(b => targets.Targets.Contains(b.Target))
            .Select(b => KernelCode.Of(new Compiler(b.Target, observer).Plan(traced), b)).ToArray()).Source();

    /// <summary>What prints code, that for the processor first.</summary>
    private static IReadOnlyList<IBackend> Backends { get; } = new IBackend[] { CpuBackend.Instance, GpuBackend.Instance };

    /// <summary>As the compiler makes it, or its failure: of one kernel, not of the build.</summary>
    internal static CompiledKernel From(TracedModel traced, Func<TracedModel, string> compile)
    {
        var name = NameOf(traced.Model);
        try
        {
            return new CompiledKernel(name, compile(traced), null);
        }
        catch (IrException error)
        {
            return new CompiledKernel(name, null, new CompileFailure(error.Id, error.Message, error.Origin));
        }
        catch (InsufficientExecutionStackException)
        {
            return new CompiledKernel(name, null, new CompileFailure(Descriptors.TooLarge.Id, KernelLimits.TooDeep(traced.Model.Name), -1));
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            var message = $"'{traced.Model.FullName}' could not be compiled; please report this: {error.GetType().Name}: {error.Message}";
            return new CompiledKernel(name, null, new CompileFailure(Descriptors.NotCompiled.Id, message, -1));
        }
    }
}

/// <summary>What the compiler refused, and the number of the place that is to blame; -1 for the kernel as a whole.</summary>
internal sealed record CompileFailure(string Id, string Message, int Origin);
