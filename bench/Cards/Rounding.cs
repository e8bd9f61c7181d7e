using MageDsl;
using MageDsl.Devices;
using MageDsl.Testing;

namespace Bench.Cards;

/// <summary>
/// A kernel's results and gradients against the processor's in float32: close, as far as the digits of a precision go.
/// </summary>
internal static class Rounding
{
    /// <summary>What is too far off; null if nothing is.</summary>
    public static string? Failure(KernelInfo kernel, GradientCheckOptions options)
    {
        var device = options.Device!;
        var arguments = KernelArguments.Draw(kernel, options.Sizes, options);
        var (expected, found) = (Run(kernel, arguments, Device.Open("cpu")), Run(kernel, arguments, device));
        return Failure(kernel.Name, expected, found, device.Precision);
    }

    /// <summary>What is too far off of some numbers.</summary>
    public static string? Failure(string name, double[][] expected, double[][] found, Precision precision)
    {
        // Sums of many rounded products are off by less than each of them; what is divided by small numbers by more.
        var tolerance = precision switch { Precision.Float32 => 1e-4, Precision.Tf32 => 0.01, _ => 0.08 };
        for (var i = 0; i < expected.Length; i++)
        {
            var (error, at, value) = Compare.Worst(found[i], expected[i], 1e-3);
            if (!(error <= tolerance)) return $"{name}: number {at} of output {i} is {value:R}, not {expected[i][at]:R} (relative error {error:E1})";
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
