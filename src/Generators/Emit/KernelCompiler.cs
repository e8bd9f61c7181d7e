using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Emit;

/// <summary>From a parsed kernel to its generated file; the order of the passes is here.</summary>
internal static class KernelCompiler
{
    /// <summary>The source of the file "TypeName.Name.g.cs".</summary>
    public static string Compile(KernelModel kernel) => $"// {kernel.FullName}";
}
