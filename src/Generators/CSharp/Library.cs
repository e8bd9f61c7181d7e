namespace MageDsl.Generators.CSharp;

/// <summary>
/// The types of the library as generated code names them: in full. What a project calls its own namespaces, classes and aliases
/// (<c>Acme.Tensor</c>) then means nothing there.
/// </summary>
internal static class Library
{
    public const string Language = "global::MageDsl.";
    public const string Cpu = "global::MageDsl.Devices.Cpu.";
    public const string Gpu = "global::MageDsl.Devices.Gpu.";

    public const string Tensor = Language + "Tensor";
    public const string ElementType = Language + "ElementType";
    public const string Device = Language + "Devices.Device";
    public const string Check = Language + "KernelCheck";
    public const string Program = Gpu + "GpuProgram";
    public const string Shape = Language + "KernelShape";
    public const string Tape = Language + "GradientTape";
    public const string Loops = Cpu + "LoopLauncher";
    public const string KeepAlive = "global::System.GC.KeepAlive";
    public const string Math = "global::System.Math";
    public const string Optimized =
        "[global::System.Runtime.CompilerServices.MethodImpl(global::System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization)]";

    /// <summary>What every generic method of a stage asks of the vectors it works on.</summary>
    public const string Vectors = $"where S : struct, {Cpu}ISimd<T, V> where V : unmanaged";
}
