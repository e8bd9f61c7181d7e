using MageDsl;
using MageDsl.Devices;
using MageDsl.Testing;

namespace Dsl.Tests.Kernels;

/// <summary>All numbers that a launch and its backward pass give, to be compared with another run of the same kernel or of its twin.</summary>
internal static class KernelRun
{
    /// <summary>Results and gradients of every real input, in either precision. The cotangents are drawn from the seed.</summary>
    public static double[][] Of(KernelInfo kernel, KernelArguments arguments, ElementType type, int seed, Device? device = null)
    {
        using var scope = new TensorScope(device ?? Device.Default);
        var inputs = arguments.ForLaunch(type);
        if (!kernel.Differentiable || kernel.Into.Count > 0) return [.. kernel.Launch(inputs).Select(KernelArguments.ToDoubles)];

        using var tape = new GradientTape();
        Tensor[] real = [.. inputs.Where((_, i) => kernel.Parameters[i].Kind == KernelParameterKind.Tensor).Cast<Tensor>()];
        foreach (var input in real) tape.Watch(input);
        var results = kernel.Launch(inputs);
        var numbers = results.Select(KernelArguments.ToDoubles).ToList();
        Tensor[] recorded = [.. results.Where(r => GradientTape.IsRecording(r))];
        if (recorded.Length > 0)
        {
            var loss = Tensor.Zeros(type);
            tape.Record(recorded, [loss], (_, needed) =>
            {
                var random = new Random(seed);
                return [.. recorded.Select((r, i) => Cotangent(r, random, needed[i]))];
            });
            tape.Backward(loss);
            numbers.AddRange(real.Select(input => tape.Gradient(input) is { } gradient ? KernelArguments.ToDoubles(gradient) : []));
        }
        return [.. numbers];
    }

    private static Tensor? Cotangent(Tensor result, Random random, bool needed)
    {
        var values = new double[result.Count];
        for (var i = 0; i < values.Length; i++) values[i] = (2 * random.NextDouble()) - 1;
        return needed ? KernelArguments.ToTensor(values, result.Shape, result.Type) : null;
    }

    /// <summary>
    /// Fails where the two runs differ by more than the tolerance, relative to the max-norm of each result, or to the floor if that is more.
    /// </summary>
    public static void AssertClose(double[][] expected, double[][] found, double tolerance, double floor, string what)
    {
        Xunit.Assert.Equal(expected.Length, found.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Xunit.Assert.Equal(expected[i].Length, found[i].Length);
            var (error, at, value) = Compare.Worst(found[i], expected[i], floor);
            Xunit.Assert.True(
                error <= tolerance,
                $"{what}: number {at} of output {i} is {value:R}, not {(expected[i].Length == 0 ? 0 : expected[i][at]):R} " +
                $"(relative error {error:E1})");
        }
    }
}
