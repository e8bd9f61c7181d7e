using Xunit;

namespace MageDsl.Tests.Tensors;

public class TensorTests
{
    [Fact]
    public void Elements_come_back_as_they_went_in()
    {
        using var scope = new TensorScope();
        var tensor = Tensor.From([1f, 2, 3, 4, 5, 6], 2, 3);
        Assert.Equal([2, 3], tensor.Shape.ToArray());
        Assert.Equal(2, tensor.Rank);
        Assert.Equal(6, tensor.Count);
        Assert.Equal(ElementType.Float32, tensor.Type);
        Assert.Equal([1f, 2, 3, 4, 5, 6], tensor.ToArray<float>());
        Assert.Equal([1, 2], Tensor.From([1, 2]).ToArray<int>());
        Assert.Equal([1.5, 2], Tensor.From([1.5, 2.0]).ToArray<double>());
    }

    [Fact]
    public unsafe void Memory_is_aligned_to_64_bytes()
    {
        using var scope = new TensorScope();
        foreach (var size in new[] { 0, 1, 17, 65, 1000, 70_001, 600_000 })
        {
            Assert.Equal(0, (nint)Tensor.Empty(ElementType.Float32, size).Pointer<float>() % 64);
        }

        Assert.Equal(0, (nint)Tensor.Empty(ElementType.Float32, 600_000).Pointer<float>() % (2 << 20));
    }

    [Fact]
    public void Zeros_and_full_overwrite_recycled_memory()
    {
        using (var dirty = Tensor.Full(ElementType.Float32, 7, 333))
        {
            Assert.Equal(7, dirty.Span<float>()[332]);
        }

        using var scope = new TensorScope();
        Assert.All(Tensor.Zeros(ElementType.Float32, 333).ToArray<float>(), value => Assert.Equal(0, value));
        Assert.All(Tensor.Full(ElementType.Int32, -3, 5).ToArray<int>(), value => Assert.Equal(-3, value));
        Assert.All(Tensor.Full(ElementType.Float64, 0.1, 5).ToArray<double>(), value => Assert.Equal(0.1, value));
    }

    [Fact]
    public void Another_element_type_is_refused()
    {
        using var tensor = Tensor.From([1f]);
        Assert.Contains("Float32", Assert.Throws<InvalidOperationException>(() => tensor.Span<int>()).Message);
        Assert.Throws<NotSupportedException>(() => tensor.Span<byte>());
    }

    [Theory]
    [InlineData(ElementType.Float32, ElementType.Float64)]
    [InlineData(ElementType.Float32, ElementType.Int32)]
    [InlineData(ElementType.Float64, ElementType.Float32)]
    [InlineData(ElementType.Float64, ElementType.Int32)]
    [InlineData(ElementType.Int32, ElementType.Float32)]
    [InlineData(ElementType.Int32, ElementType.Float64)]
    [InlineData(ElementType.Int32, ElementType.Int32)]
    public void Casts_keep_the_values(ElementType from, ElementType to)
    {
        using var scope = new TensorScope();
        var result = Tensor.From([-2, 0, 3], 3, 1).Cast(from).Cast(to);
        Assert.Equal(to, result.Type);
        Assert.Equal([3, 1], result.Shape.ToArray());
        Assert.Equal([-2, 0, 3], result.Cast(ElementType.Int32).ToArray<int>());
    }

    [Fact]
    public void Casts_to_ids_truncate() => Assert.Equal([1, -1], Tensor.From([1.9f, -1.9f]).Cast(ElementType.Int32).ToArray<int>());

    [Fact]
    public void A_reshape_shares_memory_and_outlives_the_original()
    {
        using var original = Tensor.From([1f, 2, 3, 4, 5, 6], 2, 3);
        using var view = original.Reshape(3, 2);
        original.WritableSpan<float>()[5] = 60;
        Assert.Equal(60, view.Span<float>()[5]);
        original.Dispose();
        Assert.Equal(60, view.Span<float>()[5]);
        Assert.Throws<ObjectDisposedException>(() => original.Span<float>());
    }

    [Fact]
    public void Minus_one_follows_from_the_other_sizes()
    {
        using var scope = new TensorScope();
        var tensor = Tensor.Zeros(ElementType.Float32, 4, 6);
        Assert.Equal([3, 8], tensor.Reshape(3, -1).Shape.ToArray());
        Assert.Throws<ArgumentException>(() => tensor.Reshape(5, -1));
        Assert.Throws<ArgumentException>(() => tensor.Reshape(-1, -1));
    }

    [Fact]
    public void A_reshape_that_does_not_fit_names_both_shapes()
    {
        using var tensor = Tensor.Zeros(ElementType.Float32, 2, 3);
        var message = Assert.Throws<ArgumentException>(() => tensor.Reshape(4, 2)).Message;
        Assert.Contains("[2, 3]", message);
        Assert.Contains("[4, 2]", message);
    }

    [Fact]
    public void Negative_sizes_and_wrong_counts_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Tensor.Empty(ElementType.Float32, 2, -1));
        Assert.Contains("[2, 2]", Assert.Throws<ArgumentException>(() => Tensor.From([1f, 2, 3], 2, 2)).Message);
    }

    [Fact]
    public void Copies_are_independent_and_checked()
    {
        using var scope = new TensorScope();
        var original = Tensor.From([1f, 2]);
        var copy = original.Clone();
        copy.Fill(9);
        Assert.Equal([1f, 2f], original.ToArray<float>());
        copy.CopyTo(original);
        Assert.Equal([9f, 9f], original.ToArray<float>());
        Assert.Throws<ArgumentException>(() => original.CopyTo(Tensor.From([1f, 2, 3])));
        Assert.Throws<ArgumentException>(() => original.CopyTo(Tensor.From([1, 2])));
    }

    [Fact]
    public void Item_wants_exactly_one_element()
    {
        using var scope = new TensorScope();
        Assert.Equal(2.5f, Tensor.Full(ElementType.Float32, 2.5).Item());
        Assert.Equal(0.1, Tensor.Full(ElementType.Float64, 0.1, 1, 1).ItemAsDouble());
        Assert.Equal(3, Tensor.From([3]).Item());
        Assert.Throws<InvalidOperationException>(() => Tensor.From([1f, 2]).Item());
    }

    [Fact]
    public void A_tensor_span_has_the_shape()
    {
        using var scope = new TensorScope();
        var span = Tensor.From([1f, 2, 3, 4, 5, 6], 2, 3).AsTensorSpan();
        Assert.Equal([2, 3], span.Lengths.ToArray());
        Assert.Equal(6, span[1, 2]);
        Assert.Equal(4, Tensor.Full(ElementType.Float32, 4).AsTensorSpan()[0]);
        Assert.Equal(0, Tensor.Empty(ElementType.Float32, 0, 3).AsTensorSpan().FlattenedLength);
    }

    [Fact]
    public void Empty_tensors_work()
    {
        using var scope = new TensorScope();
        var empty = Tensor.Zeros(ElementType.Float32, 0, 4);
        Assert.Equal(0, empty.Count);
        Assert.Empty(empty.Clone().ToArray<float>());
        Assert.Equal([4, 0], empty.Reshape(4, 0).Shape.ToArray());
    }

    [Fact]
    public void Use_after_dispose_says_which_tensor()
    {
        var tensor = Tensor.From([1f]);
        tensor.Name = "blocks.0.weight";
        tensor.Dispose();
        tensor.Dispose();
        Assert.True(tensor.IsDisposed);
        Assert.Contains("blocks.0.weight", Assert.Throws<ObjectDisposedException>(() => tensor.Item()).Message);
        Assert.Throws<ObjectDisposedException>(() => tensor.Reshape(1));
        Assert.Throws<ObjectDisposedException>(() => tensor.Clone());
        Assert.Throws<ObjectDisposedException>(() => tensor.Fill(1));
        Assert.Throws<ObjectDisposedException>(() => tensor.Clear());
        Assert.Throws<ObjectDisposedException>(() => tensor.Cast(ElementType.Int32));
    }
}
