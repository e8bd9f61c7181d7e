using Xunit;
using static MageDsl.Tests.Autograd.TapeOps;

namespace MageDsl.Tests.Autograd;

public class GradientTapeTests
{
    private static Tensor Vector(params float[] values) => Tensor.From(values);

    [Fact]
    public void A_chain_multiplies_the_derivatives()
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        Tensor x = Vector(2, 3), a = Vector(5, 7), b = Vector(11, 13);
        tape.Watch(x);
        tape.Backward(Sum(Multiply(Multiply(x, a), b)));
        Assert.Equal([55f, 91f], tape.Gradient(x)!.ToArray<float>());
    }

    [Fact]
    public void A_tensor_used_several_times_gets_the_sum()
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        var x = Vector(2, 3);
        tape.Watch(x);
        var squared = Multiply(x, x);
        var cubed = Multiply(squared, x);
        tape.Backward(Sum(Add(cubed, x)));
        Assert.Equal([13f, 28f], tape.Gradient(x)!.ToArray<float>()); // 3x^2 + 1
    }

    [Fact]
    public void A_diamond_adds_both_branches()
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        var x = Vector(2);
        tape.Watch(x);
        var root = Multiply(x, x);
        var left = Multiply(root, Vector(3));
        var right = Multiply(root, root);
        tape.Backward(Sum(Add(left, right)));
        Assert.Equal([(3 * 2 * 2f) + (4 * 8f)], tape.Gradient(x)!.ToArray<float>()); // 3x^2 + x^4
    }

    [Fact]
    public void A_gradient_returned_for_two_inputs_is_never_added_to_in_place()
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        Tensor x = Vector(2), y = Vector(5);
        tape.Watch(x);
        tape.Watch(y);
        var sum = Add(x, y);           // recorded first, so its backward runs last
        var product = Multiply(x, Vector(10));
        tape.Backward(Sum(Add(Add(sum, sum), product)));
        Assert.Equal([12f], tape.Gradient(x)!.ToArray<float>());
        Assert.Equal([2f], tape.Gradient(y)!.ToArray<float>());
    }

    [Fact]
    public void The_same_gradient_twice_for_one_input_doubles()
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        Tensor x = Vector(2), y = Vector(4);
        tape.Watch(x);
        tape.Watch(y);
        tape.Backward(Sum(Add(Add(x, x), Add(x, y))));
        Assert.Equal([3f], tape.Gradient(x)!.ToArray<float>());
        Assert.Equal([1f], tape.Gradient(y)!.ToArray<float>());
    }

    [Fact]
    public void Three_inputs_that_share_one_gradient_tensor_each_get_it()
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        Tensor x = Vector(1), y = Vector(2), result = Vector(4);
        tape.Watch(x);
        tape.Watch(y);
        tape.Record([x, x, y], [result], (g, _) => [g[0], g[0], g[0]]);
        tape.Backward(Sum(result));
        Assert.Equal([2f], tape.Gradient(x)!.ToArray<float>());
        Assert.Equal([1f], tape.Gradient(y)!.ToArray<float>());
    }

    [Fact]
    public void A_saved_tensor_returned_as_gradient_is_not_changed()
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        Tensor x = Vector(1, 1), saved = Vector(3, 4);
        tape.Watch(x);
        Tensor first = Vector(0), second = Vector(0);
        tape.Record([x], [first], (_, _) => [saved]);
        tape.Record([x], [second], (_, _) => [saved]);
        tape.Backward(Add(first, second));
        Assert.Equal([6f, 8f], tape.Gradient(x)!.ToArray<float>());
        Assert.Equal([3f, 4f], saved.ToArray<float>());
        Assert.NotSame(saved, tape.Gradient(x));
    }

    [Fact]
    public void Watched_tensors_that_would_share_a_gradient_get_one_each()
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        Tensor x = Vector(1), y = Vector(2);
        tape.Watch(x);
        tape.Watch(y);
        tape.Backward(Sum(Add(x, y)));
        tape.Gradient(x)!.Fill(7);
        Assert.Equal([1f], tape.Gradient(y)!.ToArray<float>());
    }

    [Fact]
    public void Missing_output_gradients_are_zeros()
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        Tensor x = Vector(1, 2), used = Vector(1, 2), unused = Tensor.Full(ElementType.Float32, 9, 3, 1);
        tape.Watch(x);
        float[]? seen = null;
        tape.Record([x], [unused, used], (g, _) =>
        {
            seen = g[0].ToArray<float>();
            Assert.Equal([3, 1], g[0].Shape.ToArray());
            return [g[1]];
        });
        tape.Backward(Sum(used));
        Assert.Equal([0f, 0f, 0f], seen!);
        Assert.Equal([1f, 1f], tape.Gradient(x)!.ToArray<float>());
    }

    [Fact]
    public void An_entry_that_the_loss_does_not_depend_on_is_skipped()
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        Tensor x = Vector(1), y = Vector(1), aside = Vector(1);
        tape.Watch(x);
        tape.Watch(y);
        tape.Record([y], [aside], (_, _) => throw new InvalidOperationException("must not run"));
        tape.Backward(Sum(Multiply(x, Vector(2))));
        Assert.Null(tape.Gradient(y));
        Assert.Equal([2f], tape.Gradient(x)!.ToArray<float>());
    }

    [Fact]
    public void Needed_tells_which_inputs_are_tracked()
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        Tensor x = Vector(1), constant = Vector(2), ids = Tensor.From([1], 1), result = Vector(1);
        tape.Watch(x);
        bool[]? seen = null;
        tape.Record([constant, x, ids], [result], (g, needed) =>
        {
            seen = needed;
            return [null, g[0], null];
        });
        tape.Backward(result);
        Assert.Equal([false, true, false], seen!);
    }

    [Fact]
    public void A_null_gradient_contributes_nothing()
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        Tensor x = Vector(1), middle = Vector(1), result = Vector(1);
        tape.Watch(x);
        tape.Watch(middle);
        tape.Record([x], [middle], (_, _) => [null]);
        tape.Record([middle], [result], (g, _) => [g[0]]);
        tape.Backward(result);
        Assert.Null(tape.Gradient(x));
        Assert.Equal([1f], tape.Gradient(middle)!.ToArray<float>());
    }

    [Fact]
    public void A_loss_that_reaches_nothing_says_so()
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        Tensor x = Vector(1), y = Vector(1);
        tape.Watch(x);
        var loss = TapeKernels.Dot(TapeKernels.Blocked(x, y), y);
        Assert.Contains("reaches no parameter", Assert.Throws<ArgumentException>(() => tape.Backward(loss)).Message);
    }

    [Fact]
    public void A_reshape_passes_the_gradient_back_in_the_old_shape()
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        var x = Tensor.From([1f, 2, 3, 4, 5, 6], 2, 3);
        tape.Watch(x);
        var view = x.Reshape(3, 2);
        tape.Backward(Sum(Multiply(view, view)));
        Assert.Equal([2, 3], tape.Gradient(x)!.Shape.ToArray());
        Assert.Equal([2f, 4, 6, 8, 10, 12], tape.Gradient(x)!.ToArray<float>());
    }

    [Fact]
    public void Gradients_through_two_views_of_one_tensor_add_up()
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        var x = Tensor.From([1f, 2, 3, 4], 2, 2);
        tape.Watch(x);
        var loss = Sum(Add(Multiply(x.Reshape(4), Vector(1, 2, 3, 4)), x.Reshape(4)));
        tape.Backward(loss);
        Assert.Equal([2f, 3, 4, 5], tape.Gradient(x)!.ToArray<float>());
    }

    [Fact]
    public void An_intermediate_tensor_can_be_watched()
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        var x = Vector(3);
        tape.Watch(x);
        var middle = Multiply(x, x);
        tape.Watch(middle);
        tape.Backward(Sum(Multiply(middle, Vector(5))));
        Assert.Equal([5f], tape.Gradient(middle)!.ToArray<float>());
        Assert.Equal([30f], tape.Gradient(x)!.ToArray<float>());
    }

    [Fact]
    public void Launches_in_the_backward_pass_are_not_recorded()
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        Tensor x = Vector(3), result = Vector(9);
        tape.Watch(x);
        tape.Record([x], [result], (g, _) =>
        {
            Assert.Null(GradientTape.Current);
            return [Multiply(g[0], x)];
        });
        tape.Backward(result);
        Assert.Equal(1, tape.Count);
        Assert.Same(tape, GradientTape.Current);
    }

    [Fact]
    public void Nothing_is_recorded_while_paused_or_untracked()
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        var x = Vector(3);
        Multiply(x, x);
        tape.Watch(x);
        using (GradientTape.Pause())
        {
            Multiply(x, x);
        }

        Assert.Equal(0, tape.Count);
        Multiply(x, x);
        Assert.Equal(1, tape.Count);
    }

    [Fact]
    public void Parameters_are_tracked_only_if_they_require_gradients()
    {
        using var scope = new TensorScope();
        var trained = new Parameter("trained", Vector(2));
        var frozen = new Parameter("frozen", Vector(3), requiresGrad: false);
        using var tape = new GradientTape();
        tape.Backward(Sum(Multiply(trained, frozen)));
        Assert.Equal([3f], trained.Gradient!.ToArray<float>());
        Assert.Null(frozen.Gradient);
        Assert.False(GradientTape.IsRecording(frozen));
    }

    [Fact]
    public void A_parameter_that_the_loss_leaves_out_keeps_its_gradient_until_its_value_changes()
    {
        using var scope = new TensorScope();
        var parameter = new Parameter("p", Vector(2)) { Gradient = Vector(99) };
        var other = new Parameter("q", Vector(2));
        Run();
        Assert.Equal([99f], parameter.Gradient!.ToArray<float>());
        parameter.Value.Fill(3);
        Run();
        Assert.Null(parameter.Gradient);

        void Run()
        {
            using var tape = new GradientTape();
            Multiply(parameter, parameter);
            tape.Backward(Sum(Multiply(other, other)));
        }
    }

    [Fact]
    public void Gradients_live_in_the_scope_that_Backward_was_called_in_but_those_of_parameters_outlive_it()
    {
        var (parameter, x) = (new Parameter("p", Vector(2)), Vector(3));
        x.Name = "x";
        GradientTape tape;
        using (new TensorScope())
        {
            using (tape = new GradientTape())
            {
                tape.Watch(x);
                tape.Backward(Sum(Multiply(parameter, x)));
            }

            Assert.Equal([2f], tape.Gradient(x)!.ToArray<float>()); // the tape is disposed of
        }

        Assert.Equal([3f], parameter.Gradient!.ToArray<float>());
        Assert.Equal([2f], parameter.Value.ToArray<float>());
        Assert.Contains("gradient of x Float32 [1]", Assert.Throws<ObjectDisposedException>(() => tape.Gradient(x)).Message);
    }

    [Fact]
    public void Backward_leaves_nothing_in_the_scope_but_wanted_gradients()
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        var x = Vector(2);
        tape.Watch(x);
        var loss = Sum(Multiply(Multiply(x, x), x));
        var before = scope.Count;
        tape.Backward(loss);
        Assert.Equal(before + 1, scope.Count);
    }

    [Fact]
    public void Gradients_of_activations_are_freed_along_the_way()
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        var x = Vector(2);
        tape.Watch(x);
        var seen = new List<Tensor>();
        Tensor Step(Tensor input)
        {
            var result = Vector(input.Item());
            tape.Record([input], [result], (g, _) =>
            {
                Assert.All(seen, gradient => Assert.True(gradient.IsDisposed));
                seen.Add(g[0]);
                return [g[0].Clone()];
            });
            return result;
        }

        tape.Backward(Enumerable.Range(0, 50).Aggregate(x, (value, _) => Step(value)));
        Assert.Equal(50, seen.Count);
        Assert.Equal([1f], tape.Gradient(x)!.ToArray<float>());
    }

    [Fact]
    public void What_a_launch_saved_is_freed_once_its_backward_pass_has_run()
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        var (x, saved) = (Vector(2), new[] { Vector(3), Vector(5) });
        tape.Watch(x);
        var middle = Vector(6);
        tape.Record([x], [middle], (g, _) => [Multiply(g[0], saved[0])], saved[0]);
        var result = Vector(30);
        tape.Record(
            [middle],
            [result],
            (g, _) =>
            {
                Assert.All(saved, tensor => Assert.False(tensor.IsDisposed));
                return [Multiply(g[0], saved[1])];
            },
            saved[1]);
        tape.Backward(result);
        Assert.All(saved, tensor => Assert.True(tensor.IsDisposed));
        Assert.Equal([15f], tape.Gradient(x)!.ToArray<float>());
    }

    [Fact]
    public void Backward_runs_once()
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        var x = Vector(2);
        tape.Watch(x);
        var loss = Sum(Multiply(x, x));
        tape.Backward(loss);
        Assert.Contains("once", Assert.Throws<InvalidOperationException>(() => tape.Backward(loss)).Message);
    }

    [Fact]
    public void Doubles_accumulate_in_double()
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        Tensor x = Tensor.From([1.0]), result = Tensor.From([1.0]);
        tape.Watch(x);
        tape.Record([x, x], [result], (_, _) => [Tensor.From([1.0]), Tensor.From([1e-15])]);
        tape.Backward(result);
        Assert.Equal(1.0 + 1e-15, tape.Gradient(x)!.ItemAsDouble());
    }

    [Fact]
    public void A_loss_of_several_elements_is_refused()
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        var x = Vector(1, 2);
        tape.Watch(x);
        Assert.Contains("[2]", Assert.Throws<ArgumentException>(() => tape.Backward(Multiply(x, x))).Message);
    }

    [Fact]
    public void A_loss_that_depends_on_nothing_is_refused()
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        Assert.Contains("(0 launches)", Assert.Throws<ArgumentException>(() => tape.Backward(Vector(1))).Message);
        var gone = Vector(1);
        gone.Dispose();
        Assert.Throws<ObjectDisposedException>(() => tape.Backward(gone));
    }

    [Fact]
    public void A_tensor_that_was_used_before_it_is_watched_is_refused()
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        Tensor x = Vector(1), y = Vector(2);
        tape.Watch(x);
        TapeKernels.Dot(x, y);
        Assert.Contains("used by TapeKernels.Dot before it was watched", Assert.Throws<InvalidOperationException>(() => tape.Watch(y)).Message);
        tape.Watch(x);
    }

    [Fact]
    public void A_tape_that_is_gone_says_so()
    {
        using var scope = new TensorScope();
        var tape = new GradientTape();
        var x = Vector(1);
        tape.Watch(x);
        var loss = TapeKernels.Dot(x, x);
        tape.Dispose();
        Assert.Contains("disposed", Assert.Throws<ObjectDisposedException>(() => tape.Backward(loss)).Message);
        Assert.Throws<ObjectDisposedException>(() => tape.Watch(x));
    }

    [Fact]
    public void There_is_no_gradient_before_Backward_has_run()
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        var x = Vector(1);
        tape.Watch(x);
        Assert.Contains("Backward", Assert.Throws<InvalidOperationException>(() => tape.Gradient(x)).Message);
    }

    [Fact]
    public void A_gradient_of_another_shape_is_refused()
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        Tensor x = Vector(1, 2), result = Vector(1);
        tape.Watch(x);
        tape.Record([x], [result], (_, _) => [Vector(1, 2, 3)]);
        var error = Assert.Throws<InvalidOperationException>(() => tape.Backward(result));
        Assert.Contains("[3]", error.Message);
        Assert.Contains("[2]", error.Message);
        Assert.Same(scope, TensorScope.Current); // nothing is left open
        Assert.Same(tape, GradientTape.Current);
    }

    [Fact]
    public void Ids_cannot_be_watched_and_are_not_tracked()
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        Tensor x = Vector(1), ids = Tensor.From([1]);
        Assert.Throws<ArgumentException>(() => tape.Watch(ids));
        tape.Watch(x);
        tape.Record([x], [ids], (_, _) => [null]);
        Assert.False(GradientTape.IsRecording(ids));
    }

    [Fact]
    public void The_gradient_of_an_unwatched_tensor_is_an_error()
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        Assert.Throws<ArgumentException>(() => tape.Gradient(Vector(1)));
    }

    [Fact]
    public void Tapes_nest()
    {
        using var outer = new GradientTape();
        using (var inner = new GradientTape())
        {
            Assert.Same(inner, GradientTape.Current);
            Assert.Throws<InvalidOperationException>(outer.Dispose);
        }

        Assert.Same(outer, GradientTape.Current);
    }
}
