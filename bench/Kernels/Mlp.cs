using MageDsl;
using MageDsl.Layers;

namespace Bench.Kernels;

/// <summary>A perceptron, 768 to 3072 to 768, on 512 rows. Op by op, the products are OpenBLAS's where it is installed.</summary>
internal sealed class MlpCase : KernelCase
{
    private const int Width = 768;
    private const int Hidden = 3072;
    private readonly Tensor x, weight1, bias1, weight2, bias2, hidden, activated;

    public MlpCase()
    {
        x = Input(1, Rows, Width);
        weight1 = Input(0.06f, Hidden, Width);
        bias1 = Input(1, Hidden);
        weight2 = Input(0.03f, Width, Hidden);
        bias2 = Input(1, Width);
        hidden = Buffer(Rows, Hidden);
        activated = Buffer(Rows, Hidden);
        Result = Buffer(Rows, Width);
    }

    public override string Name => $"bias + GELU MLP [{Rows}, {Width}] x [{Hidden}, {Width}] x [{Width}, {Hidden}]";

    public override long LeastBytes => sizeof(float) * (2L * Rows * Width + 2L * Width * Hidden);

    protected override int Rows => 512;

    protected override Tensor Result { get; }

    protected override Tensor[] Differentiated => [x, weight1, bias1, weight2, bias2];

    // Unfused, the perceptron is put together from its parts; every primitive of them is a launch.
    protected override Tensor Launch(bool fused) => fused
        ? Perceptron.Mlp(x, weight1, bias1, weight2, bias2)
        : UnfusedProjections.Linear(UnfusedActivations.Gelu(UnfusedProjections.Linear(x, weight1, bias1)), weight2, bias2);

    protected override void Pass(int first, int rows, int part)
    {
        var inner = Part(hidden, first, rows);
        var after = Part(activated, first, rows);
        var result = Part(Result, first, rows);
        Products.TimesTransposed(rows, Hidden, Width, Part(x, first, rows), Width, weight1.Span<float>(), Width, inner, Hidden);
        Kernels.OpByOp.AddBias(inner, bias1.Span<float>(), inner);
        Kernels.OpByOp.Gelu(inner, after);
        Products.TimesTransposed(rows, Width, Hidden, after, Hidden, weight2.Span<float>(), Hidden, result, Width);
        Kernels.OpByOp.AddBias(result, bias2.Span<float>(), result);
    }
}

/// <inheritdoc cref="MlpCase"/>
public class MlpBenchmarks : KernelBenchmarks
{
    private protected override KernelCase Create() => new MlpCase();
}
