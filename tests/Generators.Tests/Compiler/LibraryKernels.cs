using System.Reflection;
using MageDsl;
using MageDsl.Generators.Analysis;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Passes;
using MageDsl.Generators.Pipeline;
using MageDsl.Generators.Scheduling;
using KernelParameterKind = MageDsl.Generators.KernelParameterKind;

namespace Generators.Tests.Compiler;

/// <summary>The kernels of the library, from the IR that they carry, and what the compiler makes of them.</summary>
internal static class LibraryKernels
{
    private static readonly Lazy<IReadOnlyDictionary<string, KernelModel>> Models = new(() => typeof(Tensor).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static))
        .Select(method => method.GetCustomAttribute<KernelIrAttribute>())
        .Where(ir => ir != null)
        .Select(ir => IrText.Parse(ir!.Text))
        .ToDictionary(model => model.FullName));

    public static IReadOnlyDictionary<string, KernelModel> All => Models.Value;

    public static KernelModel Find(string name) => All[name];

    /// <summary>The programs of a kernel with the bool parameters that are on.</summary>
    public static KernelPrograms Programs(KernelModel kernel, params string[] on) => Verified.Programs(
        new TracedModel(kernel, default),
        kernel.Parameters.Where(p => p.Kind == KernelParameterKind.Bool).ToDictionary(p => p.Name, p => on.Contains(p.Name)));

    /// <summary>The programs of a kernel for a device, with all bool parameters on.</summary>
    public static KernelPrograms Programs(KernelModel kernel, Target target) => For(target).Programs(
        new TracedModel(kernel, default), kernel.Parameters.Where(p => p.Kind == KernelParameterKind.Bool).ToDictionary(p => p.Name, _ => true));

    /// <summary>How a program runs.</summary>
    public static Schedule Schedule(Program program, bool fusion) => Verified.Schedule(program, fusion);

    /// <summary>The generated file of a kernel, for these targets.</summary>
    public static string Compile(KernelModel kernel, string targets = "cpu") =>
        CompiledKernel.Compile(new TracedModel(kernel, default), BuildTargets.Parse(targets), new IrVerifier());

    /// <summary>A compiler for a device whose passes are verified.</summary>
    public static MageDsl.Generators.Pipeline.Compiler For(Target target) => new(target, new IrVerifier());

    private static MageDsl.Generators.Pipeline.Compiler Verified => For(Target.Cpu);

    /// <summary>The templates of a program's stages, in order.</summary>
    public static string Stages(Program program, bool fusion = true) =>
        string.Join(" ", Schedule(program, fusion).Stages.Where(s => s.Items.Count > 0).Select(s => s.Template));
}
