using Xunit;

namespace MageDsl.Tests.Autograd;

public class SequentialTests
{
    private static Tensor Next(Tensor x)
    {
        _ = Tensor.Zeros(ElementType.Float32, 5);
        return Tensor.From([x.Item() + 1]);
    }

    [Fact]
    public void Without_a_tape_only_the_last_result_lives()
    {
        using var scope = new TensorScope();
        var input = Tensor.From([1f]);
        var seen = new List<Tensor>();
        var result = Sequential.Run(input, [Next, x => { seen.Add(x); return Next(x); }, x => { seen.Add(x); return x; }, Next]);
        Assert.Equal(4, result.Item());
        Assert.False(input.IsDisposed);
        Assert.All(seen, tensor => Assert.True(tensor.IsDisposed));
        Assert.Equal(2, scope.Count);
    }

    [Fact]
    public void While_a_tape_records_everything_lives()
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        var seen = new List<Tensor>();
        Sequential.Run(Tensor.From([1f]), [Next, x => { seen.Add(x); return Next(x); }]);
        Assert.False(Assert.Single(seen).IsDisposed);
        Assert.Equal(5, scope.Count);
    }

    [Fact]
    public void No_steps_give_the_input_and_views_of_it_stay()
    {
        using var scope = new TensorScope();
        var input = Tensor.From([1f, 2f]);
        Assert.Same(input, Sequential.Run(input, []));
        Assert.Equal([1f, 2f], Sequential.Run(input, [x => x.Reshape(2, 1), x => x.Reshape(1, 2)]).ToArray<float>());
    }
}
