using System.Diagnostics;
using MageDsl;
using MageDsl.Devices;
using MageDsl.Generators.Ir;
using MageDsl.Testing;

namespace Mage.Cli.Kernels;

/// <summary>Runs a kernel on random arguments and takes the time.</summary>
internal static class KernelTiming
{
    private const double Seconds = 1;
    private const int LeastRuns = 3;

    /// <summary>The median time of a pass, in seconds.</summary>
    /// <exception cref="UserErrorException">The kernel is not compiled as it is shown, or does not take the sizes.</exception>
    public static double Measure(ShownKernel kernel, bool backward)
    {
        if (!kernel.IsCompiledSo)
        {
            throw new UserErrorException(
                $"--measure runs {kernel.Info.Name} as it was compiled, which is {(kernel.Info.Fused ? "fused" : "unfused")}; leave --unfused out");
        }

        using var scope = new TensorScope();
        try
        {
            var arguments = Arguments(kernel);
            var times = new List<double>();
            for (var start = Stopwatch.GetTimestamp(); times.Count < LeastRuns + 1 || Stopwatch.GetElapsedTime(start).TotalSeconds < Seconds;)
            {
                times.Add(backward ? Backward(kernel.Info, arguments) : Forward(kernel.Info, arguments));
            }

            // The first run compiles.
            times.RemoveAt(0);
            times.Sort();
            return times[times.Count / 2];
        }
        catch (Exception e) when (e is KernelArgumentException or OutOfMemoryException or IndexOutOfRangeException)
        {
            throw new UserErrorException($"{kernel.Info.Name} could not be run at these sizes; give others with --sizes: {e.Message}", e);
        }
    }

    /// <summary>As a tape would run it, so that what is saved is written.</summary>
    private static double Forward(KernelInfo kernel, object[] arguments)
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        Watch(tape, kernel, arguments);
        var start = Stopwatch.GetTimestamp();
        kernel.Launch(arguments);
        Device.Default.Synchronize();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Backward(KernelInfo kernel, object[] arguments)
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        Watch(tape, kernel, arguments);
        var results = kernel.Launch(arguments).Where(result => result.Type.IsReal()).ToArray();
        var loss = Tensor.Zeros(ElementType.Float32);
        Tensor[] gradients = [.. results.Select(result => Tensor.Full(ElementType.Float32, 0.5, result.Shape))];
        var (start, end) = (0L, 0L);
        tape.Record(results, [loss], (_, _) =>
        {
            start = Stopwatch.GetTimestamp();
            return [.. gradients];
        });
        tape.Backward(loss);
        Device.Default.Synchronize();
        end = Stopwatch.GetTimestamp();
        return Stopwatch.GetElapsedTime(start, end).TotalSeconds;
    }

    private static void Watch(GradientTape tape, KernelInfo kernel, object[] arguments)
    {
        if (!kernel.Differentiable)
        {
            return;
        }

        for (var i = 0; i < arguments.Length; i++)
        {
            if (kernel.Parameters[i].Kind == KernelParameterKind.Tensor)
            {
                tape.Watch((Tensor)arguments[i]);
            }
        }
    }

    private static object[] Arguments(ShownKernel kernel)
    {
        var random = new Random(1);
        return [.. kernel.Info.Parameters.Select(p => p.IsTensor ? Argument(kernel, p, random)
            : p.Kind == KernelParameterKind.Bool ? !kernel.Off.Contains(p.Name)
            : KernelArguments.Scalar(p, kernel.Sizes, new Dictionary<string, object>()))];
    }

    private static Tensor Argument(ShownKernel kernel, KernelParameter parameter, Random random)
    {
        var shape = TensorLayout.Parse(parameter.Layout).Shape(kernel.Sizes);
        var count = shape.Aggregate(1, (product, size) => checked(product * size));
        if (parameter.Kind == KernelParameterKind.Ids)
        {
            var bound = Bound(kernel, parameter.Name);
            return Tensor.From(Enumerable.Range(0, count).Select(_ => random.Next(bound)).ToArray().AsSpan(), shape);
        }

        var values = new float[count];
        // Positive, for logarithms and roots.
        for (var i = 0; i < count; i++)
        {
            values[i] = 0.1f + (random.NextSingle() * 0.9f);
        }

        return Tensor.From(values.AsSpan(), shape);
    }

    /// <summary>How many ids there are: the size of the smallest table that they look into.</summary>
    private static int Bound(ShownKernel kernel, string ids)
    {
        var nodes = kernel.Listing.Kernel.Nodes;
        var sizes = nodes.Where(node => node.Op == Op.Gather && Source(node.Args[1]) == ids).Select(node => kernel.Sizes[node.Over[0]]);
        return sizes.DefaultIfEmpty(2).Min();

        string Source(int id)
        {
            while (nodes[id].Op == Op.View)
            {
                id = nodes[id].Args[0];
            }

            return nodes[id].Op == Op.Input ? nodes[id].Name : "";
        }
    }
}
