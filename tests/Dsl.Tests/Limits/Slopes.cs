using MageDsl;
using MageDsl.Testing;
using MageDsl.Tests.Cpu;
using Xunit;

namespace Dsl.Tests.Limits;

/// <summary>The first result of a kernel and the gradients that a cotangent gives its real parameters, by each life of the definition.</summary>
internal sealed record Slopes(double[] Value, double[][] Gradients)
{
    /// <summary>A value along axes of these sizes.</summary>
    public sealed record Argument(int[] Shape, double[] Values, bool IsIds = false);

    /// <summary>By the launch and its backward pass.</summary>
    public static Slopes Compiled(KernelInfo kernel, ElementType type, double[] cotangent, params Argument[] arguments)
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        Tensor[] tensors = [.. arguments.Select(a => KernelArguments.ToTensor(a.Values, a.Shape, a.IsIds ? ElementType.Int32 : type))];
        Tensor[] real = [.. tensors.Where(t => t.Type.IsReal())];
        foreach (var tensor in real.Where(_ => kernel.Differentiable)) tape.Watch(tensor);
        var result = kernel.Launch(Filled(kernel, tensors))[0];
        var value = KernelArguments.ToDoubles(result);
        if (!GradientTape.IsRecording(result)) return new Slopes(value, []);
        var loss = Tensor.Zeros(type);
        tape.Record([result], [loss], (_, _) => [KernelArguments.ToTensor(cotangent, result.Shape, type)]);
        tape.Backward(loss);
        return new Slopes(value, [.. real.Select(t => KernelArguments.ToDoubles(tape.Gradient(t)!))]);
    }

    /// <summary>By the definition and its forward mode, one element moving at a time; without a cotangent the value alone.</summary>
    public static Slopes Defined(KernelInfo kernel, double[]? cotangent, params Argument[] arguments)
    {
        var real = Enumerable.Range(0, arguments.Length).Where(i => !arguments[i].IsIds).ToArray();
        var value = Run(-1, 0);
        return new Slopes(
            value.Values,
            cotangent is null || value.IsIds ? [] : [.. real.Select(i => arguments[i].Values.Select((_, at) => Slope(i, at)).ToArray())]);

        double Slope(int moving, int at) =>
            kernel.Differentiable && Run(moving, at).Tangent is { } tangent ? tangent.Zip(cotangent!, (t, g) => t == 0 ? 0 : t * g).Sum() : 0;

        Expr Run(int moving, int at) =>
            kernel.Definition(Filled(kernel,
            [
                .. arguments.Select((a, i) => i == moving
                    ? Expression(i).WithTangent([.. a.Values.Select((_, k) => k == at ? 1.0 : 0.0)])
                    : Expression(i)),
            ]))[0];

        Expr Expression(int i) => Expr.From(arguments[i].Values, kernel.Parameters[i].Layout, arguments[i].Shape, ids: arguments[i].IsIds);
    }

    private static object[] Filled(KernelInfo kernel, object[] tensors) =>
        [.. tensors, .. kernel.Parameters.Skip(tensors.Length).Select(p => p.Default!)];

    /// <summary>
    /// Checks a kernel in both precisions, at every vector width, and its definition, against what they should give in exact arithmetic.
    /// </summary>
    public static void AssertAre(KernelInfo kernel, double[] value, double[][] gradients, double[] cotangent, params Argument[] arguments)
    {
        Close(value, gradients, Defined(kernel, cotangent, arguments), single: false, $"definition of {kernel.Name}");
        foreach (var width in SimdScope.Widths)
        {
            using var scope = new SimdScope(width, 1);
            foreach (var type in new[] { ElementType.Float32, ElementType.Float64 })
            {
                Close(
                    value, gradients, Compiled(kernel, type, cotangent, arguments),
                    type == ElementType.Float32, $"{kernel.Name}, {type}, {width} bits");
            }
        }

        void Close(double[] wantedValue, double[][] wantedGradients, Slopes found, bool single, string what)
        {
            Close1(wantedValue, found.Value, single, $"{what}: value");
            if (!kernel.Differentiable) return;
            Assert.Equal(wantedGradients.Length, found.Gradients.Length);
            for (var i = 0; i < wantedGradients.Length; i++)
            {
                Close1(wantedGradients[i], found.Gradients[i], single, $"{what}: gradient of {kernel.Parameters[i].Name}");
            }
        }

        static void Close1(double[] wanted, double[] found, bool single, string what)
        {
            Assert.Equal(wanted.Length, found.Length);
            for (var i = 0; i < wanted.Length; i++)
            {
                var limit = single ? (double)(float)wanted[i] : wanted[i];
                var isClose = double.IsFinite(limit)
                    ? Math.Abs(found[i] - limit) <= (single ? 2e-6 : 1e-9) * Math.Max(Math.Abs(limit), single ? 0.5 : 1e-3)
                    : limit.Equals(found[i]);
                Assert.True(isClose, $"{what} {i} is {found[i]:R}, not {limit:R}");
            }
        }
    }
}
