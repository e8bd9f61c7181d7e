using ILGPU;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.IR;
using ILGPU.IR.Intrinsics;
using ILGPU.IR.Values;

namespace MageDsl.Devices.Gpu.Ilgpu;

/// <summary>
/// Comparisons as instructions of their own. Those of C# ILGPU turns around, for branches and where the left side is a constant, and NaN is
/// lost on the way: its OpenCL C has no word for "not less", and what it turns for a constant it takes to hold for NaN, on every device. Device
/// code compares with these wherever NaN can be.
/// </summary>
internal static class Comparisons
{
    /// <summary>a &lt; b.</summary>
    [IntrinsicImplementation]
    public static bool IsLess(float a, float b) => a < b;

    /// <inheritdoc cref="IsLess(float, float)"/>
    [IntrinsicImplementation]
    public static bool IsLess(double a, double b) => a < b;

    /// <summary>a &lt;= b.</summary>
    [IntrinsicImplementation]
    public static bool IsAtMost(float a, float b) => a <= b;

    /// <inheritdoc cref="IsAtMost(float, float)"/>
    [IntrinsicImplementation]
    public static bool IsAtMost(double a, double b) => a <= b;

    /// <summary>Teaches a context how to write them.</summary>
    public static void Register(Context.Builder builder)
    {
        var manager = builder.GetIntrinsicManager();
        foreach (var method in typeof(Comparisons).GetMethods().Where(method => method.ReturnType == typeof(bool) && method.IsStatic))
        {
            manager.RegisterMethod(method, new CLIntrinsic(typeof(Comparisons), nameof(WriteOpenCl), IntrinsicImplementationMode.GenerateCode));
            manager.RegisterMethod(method, new PTXIntrinsic(typeof(Comparisons), nameof(WritePtx), IntrinsicImplementationMode.GenerateCode));
        }
    }

    private static void WriteOpenCl(CLBackend backend, CLCodeGenerator generator, Value value)
    {
        var call = (MethodCall)value;
        var (left, right) = (generator.Load(call[0]), generator.Load(call[1]));
        using var statement = generator.BeginStatement(generator.Allocate(value));
        statement.Append(left);
        statement.AppendCommand(IsStrict(call) ? "<" : "<=");
        statement.Append(right);
    }

    private static void WritePtx(PTXBackend backend, PTXCodeGenerator generator, Value value)
    {
        var call = (MethodCall)value;
        var left = generator.EnsureHardwareRegister(generator.LoadPrimitive(call[0]));
        var right = generator.LoadPrimitive(call[1]);
        var type = call[0].BasicValueType == BasicValueType.Float32 ? "f32" : "f64";
        using var command = generator.BeginCommand($"setp.{(IsStrict(call) ? "lt" : "le")}.{type}");
        command.AppendArgument(generator.AllocateHardware(value));
        command.AppendArgument(left);
        command.AppendArgument(right);
    }

    private static bool IsStrict(MethodCall call) => call.Target.Name.StartsWith(nameof(IsLess), StringComparison.Ordinal);
}
