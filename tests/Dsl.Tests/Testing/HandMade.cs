using MageDsl;

namespace Dsl.Tests.Testing;

/// <summary>Kernels whose launchers are written by hand, right or wrong, to see what the checks make of them.</summary>
internal static class HandMade
{
    /// <summary>The forward pass on plain arrays: one per parameter (tensors only), giving the one result.</summary>
    public delegate double[] Forward(double[][] inputs);

    /// <summary>The gradients of the inputs; null where there is none.</summary>
    public delegate double[]?[] Backward(double[][] inputs, double[] gradient, bool[] needed);

    /// <summary>A kernel with tensor parameters and one result.</summary>
    public static KernelInfo Kernel(
        string name, KernelParameter[] parameters, string result, Func<Expr[], Expr> definition, Func<Tensor[], int[]> shape,
        Forward forward, Backward? backward = null) => new()
        {
            Name = name,
            Parameters = parameters,
            Results = [result],
            Differentiable = backward is not null,
            Definition = arguments => [definition([.. arguments.Cast<Expr>()])],
            Launch = arguments => [Launch([.. arguments.Cast<Tensor>()], shape, forward, backward)],
        };

    /// <summary>One kernel in float64, another in float32; the first one's definition.</summary>
    public static KernelInfo InFloat32(KernelInfo right, KernelInfo other) => new()
    {
        Name = right.Name,
        Parameters = right.Parameters,
        Results = right.Results,
        Differentiable = right.Differentiable,
        Definition = right.Definition,
        Launch = arguments => (((Tensor)arguments[0]).Type == ElementType.Float32 ? other : right).Launch(arguments),
    };

    public static KernelParameter Real(string name, string layout) => new(name, KernelParameterKind.Tensor, layout);

    /// <summary>Any number of elements, one by one: y = f(x), with the derivative by hand.</summary>
    public static KernelInfo Elementwise(string name, Func<Expr, Expr> definition, Func<double, double> f, Func<double, double> derivative) =>
        Kernel(
            name, [Real("x", "...")], "...", x => definition(x[0]), x => x[0].Shape.ToArray(), x => [.. x[0].Select(f)],
            (x, gradient, _) => [[.. x[0].Select((value, i) => gradient[i] * derivative(value))]]);

    /// <summary>tanh(sum over k of x w + b), with backward passes to be spoilt.</summary>
    public static KernelInfo Dense(Func<double[]?[], bool[], double[]?[]>? spoil = null)
    {
        return Kernel(
            "Tests.Dense", [Real("x", "n k"), Real("w", "o k"), Real("b", "o")], "n o",
            a => Ops.Tanh(Ops.Sum(a[0] * a[1], over: "k") + a[2]), t => [t[0].Shape[0], t[1].Shape[0]], Forward,
            (inputs, gradient, needed) =>
            {
                var result = Back(inputs, gradient);
                return spoil is null ? result : spoil(result, needed);
            });

        static double[] Forward(double[][] inputs)
        {
            var (n, k, o) = Sizes(inputs);
            var y = new double[n * o];
            for (var i = 0; i < n; i++)
            {
                for (var j = 0; j < o; j++)
                {
                    var sum = inputs[2][j];
                    for (var l = 0; l < k; l++) sum += inputs[0][i * k + l] * inputs[1][j * k + l];
                    y[i * o + j] = Math.Tanh(sum);
                }
            }

            return y;
        }

        static double[]?[] Back(double[][] inputs, double[] gradient)
        {
            var (n, k, o) = Sizes(inputs);
            var y = Forward(inputs);
            double[][] result = [new double[n * k], new double[o * k], new double[o]];
            for (var i = 0; i < n; i++)
            {
                for (var j = 0; j < o; j++)
                {
                    var inner = gradient[i * o + j] * (1 - y[i * o + j] * y[i * o + j]);
                    result[2][j] += inner;
                    for (var l = 0; l < k; l++)
                    {
                        result[0][i * k + l] += inner * inputs[1][j * k + l];
                        result[1][j * k + l] += inner * inputs[0][i * k + l];
                    }
                }
            }

            return result;
        }

        static (int N, int K, int O) Sizes(double[][] inputs)
        {
            var o = inputs[2].Length;
            var k = inputs[1].Length / o;
            return (inputs[0].Length / k, k, o);
        }
    }

    private static Tensor Launch(Tensor[] inputs, Func<Tensor[], int[]> shape, Forward forward, Backward? backward)
    {
        var type = inputs[0].Type;
        double[][] data = [.. inputs.Select(Doubles)];
        var output = Make(forward(data), shape(inputs), type);
        if (backward is not null && GradientTape.IsRecording(inputs))
        {
            GradientTape.Current!.Record(inputs, [output], (gradients, needed) =>
                [.. backward(data, Doubles(gradients[0]), needed).Select((g, i) => g is null || !needed[i] ? null : Make(g, inputs[i].Shape, type))]);
        }
        return output;
    }

    private static double[] Doubles(Tensor tensor) => tensor.Cast(ElementType.Float64).ToArray<double>();

    private static Tensor Make(double[] data, ReadOnlySpan<int> shape, ElementType type) => Tensor.From(data, shape).Cast(type);
}
