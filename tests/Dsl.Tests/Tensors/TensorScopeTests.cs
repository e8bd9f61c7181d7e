using Xunit;

namespace MageDsl.Tests.Tensors;

public class TensorScopeTests
{
    [Fact]
    public void The_end_of_a_scope_disposes_of_what_was_made_inside()
    {
        Tensor inside, view, before = Tensor.From([1f]);
        using (new TensorScope())
        {
            inside = Tensor.From([2f]);
            view = before.Reshape(1, 1);
        }

        Assert.True(inside.IsDisposed);
        Assert.True(view.IsDisposed);
        Assert.Equal(1, before.Item());
        Assert.Contains("TensorScope", Assert.Throws<ObjectDisposedException>(() => inside.Item()).Message);
    }

    [Fact]
    public void Scopes_nest_and_keep_moves_to_the_parent()
    {
        Tensor kept;
        using (var outer = new TensorScope())
        {
            using (var inner = new TensorScope())
            {
                Assert.Same(inner, TensorScope.Current);
                kept = inner.Keep(Tensor.From([2f]));
            }

            Assert.Same(outer, TensorScope.Current);
            Assert.Equal(2, kept.Item());
            Assert.Equal(1, outer.Count);
        }

        Assert.True(kept.IsDisposed);
    }

    [Fact]
    public void Keep_in_the_outermost_scope_frees_from_all_scopes()
    {
        Tensor kept;
        using (var scope = new TensorScope())
        {
            kept = scope.Keep(Tensor.From([2f]));
        }

        using (kept)
        {
            Assert.Equal(2, kept.Item());
        }
    }

    [Fact]
    public void Keep_from_an_outer_scope_lifts_over_the_inner_one()
    {
        Tensor kept;
        using (var outer = new TensorScope())
        {
            using (new TensorScope())
            {
                kept = outer.Keep(Tensor.From([2f]));
            }
        }

        Assert.Equal(2, kept.Item());
        kept.Dispose();
    }

    [Fact]
    public void Keep_leaves_tensors_of_outer_scopes_where_they_are()
    {
        using var outer = new TensorScope();
        var tensor = Tensor.From([2f]);
        using (var inner = new TensorScope())
        {
            inner.Keep(tensor);
        }

        Assert.Equal(1, outer.Count);
        Assert.Equal(2, tensor.Item());
    }

    [Fact]
    public void Disposing_early_leaves_the_scope_consistent()
    {
        using var scope = new TensorScope();
        var tensors = Enumerable.Range(0, 10).Select(i => Tensor.From([i])).ToList();
        foreach (var i in new[] { 0, 9, 4, 5 })
        {
            tensors[i].Dispose();
        }

        Assert.Equal(6, scope.Count);
        Assert.Equal([1, 2, 3, 6, 7, 8], tensors.Where(t => !t.IsDisposed).Select(t => (int)t.Item()));
    }

    [Fact]
    public void Scopes_end_innermost_first()
    {
        var outer = new TensorScope();
        var inner = new TensorScope();
        Assert.Throws<InvalidOperationException>(outer.Dispose);
        inner.Dispose();
        inner.Dispose();
        outer.Dispose();
        Assert.Null(TensorScope.Current);
    }

    [Fact]
    public void Another_thread_has_its_own_scopes()
    {
        using var scope = new TensorScope();
        Tensor? made = null;
        var thread = new Thread(() => made = TensorScope.Current is null ? Tensor.From([3f]) : null);
        thread.Start();
        thread.Join();
        Assert.Equal(3, made!.Item());
        Assert.Equal(0, scope.Count);
        made.Dispose();
    }

    [Fact]
    public void A_parameter_belongs_to_no_scope()
    {
        Parameter parameter;
        using (new TensorScope())
        {
            parameter = new Parameter("p", Tensor.From([5f]));
        }

        Assert.Equal(5, parameter.Value.Item());
    }
}
