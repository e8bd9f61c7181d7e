using MageDsl;
using MageDsl.Devices;
using MageDsl.Testing;

namespace Bench.Cards;

/// <summary>
/// Where products are rounded, a kernel's results and gradients against the processor's in float32: close, as far as the digits of a precision go.
/// Sizes are such that tiles end within them.
/// </summary>
internal static class RoundedProducts
{
    /// <summary>What is too far off; null if nothing is.</summary>
    public static string? Failure(KernelInfo kernel, GradientCheckOptions options)
    {
        var device = options.Device!;
        var arguments = KernelArguments.Draw(kernel, options.Sizes, options);
        var (expected, found) = (Run(kernel, arguments, Device.Open("cpu")), Run(kernel, arguments, device));
        // Sums of many rounded products are off by less than each of them; what is divided by small numbers by more.
        var tolerance = device.Precision == Precision.Tf32 ? 0.01 : 0.08;
        for (var i = 0; i < expected.Length; i++)
        {
            var (error, at, value) = Compare.Worst(found[i], expected[i], 1e-3);
            if (!(error <= tolerance)) return $"{kernel.Name}: number {at} of output {i} is {value:R}, not {expected[i][at]:R} (relative error {error:E1})";
        }
        return null;
    }

    private static double[][] Run(KernelInfo kernel, KernelArguments arguments, Device device)
    {
        using var scope = new TensorScope(device);
        using var tape = new GradientTape();
        var inputs = arguments.ForLaunch(ElementType.Float32);
        Tensor[] real = kernel.Differentiable && kernel.Into.Count == 0
            ? [.. inputs.Where((_, i) => kernel.Parameters[i].Kind == KernelParameterKind.Tensor).Cast<Tensor>()] : [];
        foreach (var input in real) tape.Watch(input);
        var results = kernel.Launch(inputs);
        var numbers = results.Select(KernelArguments.ToDoubles).ToList();
        Tensor[] recorded = [.. results.Where(r => GradientTape.IsRecording(r))];
        if (recorded.Length == 0) return [.. numbers];
        var loss = Tensor.Zeros(ElementType.Float32);
        tape.Record(recorded, [loss], (_, needed) => [.. recorded.Select((r, i) => needed[i] ? Waves(r) : null)]);
        tape.Backward(loss);
        return [.. numbers, .. real.Select(input => tape.Gradient(input) is { } gradient ? KernelArguments.ToDoubles(gradient) : [])];
    }

    private static Tensor Waves(Tensor like)
    {
        var values = new double[like.Count];
        for (var i = 0; i < values.Length; i++) values[i] = Math.Sin(0.7 * i);
        return KernelArguments.ToTensor(values, like.Shape, like.Type);
    }
}
