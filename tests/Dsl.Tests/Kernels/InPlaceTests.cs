using MageDsl;
using Xunit;
using static MageDsl.Ops;

namespace Dsl.Tests.Kernels;

/// <summary>Results that take over the memory of parameters that other results are computed from.</summary>
public static partial class InPlaceKernels
{
    [Kernel(Differentiable = false)]
    [return: Dims("n", "n"), Into("a", "b")]
    public static (Expr, Expr) Swap([Dims("n")] Expr a, [Dims("n")] Expr b) => (b + 1, a + 1);
}

[Recompile(typeof(InPlaceKernels), Fusion = false)]
public static partial class UnfusedInPlaceKernels;

public class InPlaceTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(300)]
    public void Every_result_is_computed_from_the_old_values(int count)
    {
        foreach (Action<Tensor, Tensor> swap in new Action<Tensor, Tensor>[] { InPlaceKernels.Swap, UnfusedInPlaceKernels.Swap })
        {
            using var a = Tensor.From(Enumerable.Range(0, count).Select(i => (float)i).ToArray());
            using var b = Tensor.From(Enumerable.Range(0, count).Select(i => -2f * i).ToArray());
            swap(a, b);
            for (var i = 0; i < count; i++)
            {
                Assert.Equal((-2f * i) + 1, a.Span<float>()[i]);
                Assert.Equal(i + 1f, b.Span<float>()[i]);
            }
        }
    }
}
