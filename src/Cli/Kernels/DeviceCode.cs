using System.Reflection;
using MageDsl;
using MageDsl.Devices;
using MageDsl.Devices.Cpu;
using MageDsl.Devices.Gpu;
using MageDsl.Devices.Gpu.Ilgpu;
using MageDsl.Generators.Analysis;
using MageDsl.Generators.Ir;

namespace Mage.Cli.Kernels;

/// <summary>What a driver is given for the stages of a kernel: PTX, of which no card has to be there, or OpenCL C for a device that is.</summary>
internal sealed class DeviceCode : IDisposable
{
    private const string Cuda = "cuda";

    private readonly TextCompiler? compiler;
    private readonly GpuLaunched launched;

    private DeviceCode(string language, TextCompiler? compiler, GpuLaunched launched, Precision precision)
        => (Language, this.compiler, this.launched, Precision) = (language, compiler, launched, precision);

    /// <summary>What the compiler takes a device to be able to do.</summary>
    public ShownMachine Machine => new(
        "an H200 as the compiler takes it to be",
        new Roofline(1e9 * Target.Gpu.Costs.Bandwidth, 1e9 * Target.Gpu.Costs.ContractionSpeed), Precision, launched.SplitsFloats);

    /// <summary>What the texts are.</summary>
    public string Language { get; }

    /// <summary>In what it multiplies matrices.</summary>
    public Precision Precision { get; }

    /// <summary>For a device by its name; null for the processor.</summary>
    /// <param name="name">The device.</param>
    /// <param name="kernel">The kernel.</param>
    /// <param name="precision">In what it is to multiply; null for what it does in any case.</param>
    /// <exception cref="DeviceException">There is no such device, or it cannot multiply in that.</exception>
    /// <exception cref="UserErrorException">The kernel was not compiled for it.</exception>
    public static DeviceCode? For(string? name, KernelInfo kernel, Precision? precision = null)
    {
        var isCuda = name?.Trim().Split(':')[0].Equals(Cuda, StringComparison.OrdinalIgnoreCase) ?? false;
        var device = isCuda ? null : name is null ? CpuDevice.Shared : Device.Open(name);
        if (device is not null)
        {
            // The processor says itself that it cannot multiply in less than float32.
            device.Precision = precision ?? device.Precision;
            if (device is not GpuDevice)
            {
                return null;
            }
        }

        if (!kernel.Targets.Contains(Target.Gpu.Name))
        {
            throw new UserErrorException(
                $"{kernel.Name} was compiled for {string.Join(" and ", kernel.Targets)} only; "
                    + "<MageDslTargets>cpu;gpu</MageDslTargets> in its project adds devices");
        }

        if (device is not GpuDevice gpu)
        {
            var isNew = GpuTraits.WantedWarpGroups(WarpGroupUse.Off) != WarpGroupUse.Off;
            var (cards, shown) = (isNew ? "of sm_90" : "from sm_80 on", precision ?? Precision.Float32);
            return new DeviceCode($"PTX for cards {cards}", TextCompiler.ForCuda(), GpuLaunched.OnCard(shown), shown);
        }

        var accelerator = gpu.Accelerator;
        return TextCompiler.Takes(accelerator)
            ? new DeviceCode($"OpenCL C for {accelerator.Name}", TextCompiler.For(accelerator), GpuLaunched.On(gpu), gpu.Precision)
            : new DeviceCode("", null, GpuLaunched.On(gpu), gpu.Precision);
    }

    /// <summary>What is launched for a stage.</summary>
    /// <param name="info">The kernel.</param>
    /// <param name="name">Its name within its class.</param>
    /// <param name="stage">The stage's type in generated code, as <c>GpuForward1&lt;T, S&gt;</c>.</param>
    /// <exception cref="UserErrorException">The kernel's assembly has no such stage.</exception>
    public IReadOnlyList<LaunchedText> Of(KernelInfo info, string name, string stage)
    {
        if (compiler is null)
        {
            return [];
        }

        const BindingFlags Nested = BindingFlags.NonPublic | BindingFlags.Public;
        var generic = $"{stage[..stage.IndexOf('<')]}`{stage.Split(',').Length}";
        var type = info.Owner?.GetNestedType(KernelModel.Home(name), Nested)?.GetNestedType(generic, Nested)
            ?? throw new UserErrorException($"{info.Name} has no {stage}: it was built with another version of MageDsl");
        return [.. launched.Of(launched.Single(type)).Select(Text)];

        LaunchedText Text(Type whole)
        {
            var text = compiler.Compile(GpuKernel.Describe(whole));
            return new LaunchedText(NameOf(whole), text.Text, text.SharedBytes);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => compiler?.Dispose();

    private static string NameOf(Type type) => type.Name.Split('`')[0] + (type.GetGenericArguments() is [{ IsPrimitive: false } stage, ..]
        ? $" of {NameOf(stage)}" : "");
}
