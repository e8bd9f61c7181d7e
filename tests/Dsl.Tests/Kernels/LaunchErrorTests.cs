using MageDsl;
using MageDsl.Layers;
using Xunit;

namespace Dsl.Tests.Kernels;

/// <summary>Arguments that do not fit are refused before anything runs, naming kernel, parameter, axis, and what was expected and found.</summary>
public sealed class LaunchErrorTests : IDisposable
{
    private readonly TensorScope scope = new();

    public void Dispose() => scope.Dispose();

    private static Tensor Real(params int[] shape) => Tensor.Zeros(ElementType.Float32, shape);

    private static Tensor Ids(params int[] shape) => Tensor.Zeros(ElementType.Int32, shape);

    private static void Refused(string kernel, string parameter, string message, Action launch)
    {
        var error = Assert.Throws<KernelArgumentException>(launch);
        Assert.Equal((kernel, parameter), (error.Kernel, error.Parameter));
        Assert.Equal($"{kernel}: {parameter} {message}", error.Message);
    }

    [Fact]
    public void A_wrong_rank() =>
        Refused(
            "Convolutions.Conv3x3", "image", "[b c h w] must have 4 dimensions, but has 3: [2, 3, 4]",
            () => Convolutions.Conv3x3(Real(2, 3, 4), Real(5, 3, 3, 3)));

    [Fact]
    public void Too_few_dimensions_after_the_leading_ones() =>
        Refused(
            "Normalization.LayerNorm", "x", "[... d] must have at least 1 dimension, but has 0: []",
            () => Normalization.LayerNorm(Real(), Real(3), Real(3)));

    [Fact]
    public void An_axis_that_another_argument_has_longer() =>
        Refused(
            "Projections.Linear", "weight", "must have size 4 along axis 'd', but has 5", () => Projections.Linear(Real(2, 4), Real(3, 5), Real(3)));

    [Fact]
    public void An_axis_whose_size_is_fixed() =>
        Refused(
            "Convolutions.Conv3x3", "weight", "must have size 3 along axis 'j', but has 2",
            () => Convolutions.Conv3x3(Real(2, 3, 4, 4), Real(5, 3, 3, 2)));

    [Fact]
    public void Leading_dimensions_that_differ()
    {
        var error = Assert.Throws<KernelArgumentException>(() => Losses.MeanAbsoluteError(Real(2, 3), Real(3, 2)));
        Assert.Equal("y", error.Parameter);
        Assert.Contains("[2, 3]", error.Message);
        Assert.Contains("[3, 2]", error.Message);
    }

    [Fact]
    public void A_group_that_does_not_divide() =>
        Refused(
            "Normalization.GroupNorm", "image", "has a dimension of 10 for (g c), which is not a multiple of 4",
            () => Normalization.GroupNorm(Real(1, 10, 2, 2), Real(10), Real(10), groups: 4));

    [Fact]
    public void A_fixed_group_that_does_not_divide() =>
        Refused(
            "Convolutions.AveragePool2x2", "image", "has a dimension of 5 for (h r=2), which is not a multiple of 2",
            () => Convolutions.AveragePool2x2(Real(1, 1, 5, 4)));

    [Fact]
    public void A_size_that_is_not_positive() =>
        Refused(
            "Normalization.GroupNorm", "groups", "must have size at least 1 along axis 'g', but has 0",
            () => Normalization.GroupNorm(Real(1, 4, 2, 2), Real(4), Real(4), groups: 0));

    [Fact]
    public void Precisions_that_differ() =>
        Refused(
            "Projections.Linear", "weight", "must hold Float32, but holds Float64",
            () => Projections.Linear(Real(2, 4), Tensor.Zeros(ElementType.Float64, 3, 4), Real(3)));

    [Fact]
    public void Ids_where_reals_belong() =>
        Refused("Projections.Linear", "x", "must hold Float32 or Float64, but holds Int32", () => Projections.Linear(Ids(2, 4), Real(3, 4), Real(3)));

    [Fact]
    public void Reals_where_ids_belong() =>
        Refused("Embeddings.Embedding", "ids", "must hold Int32, but holds Float32", () => Embeddings.Embedding(Real(5, 3), Real(2)));

    [Fact]
    public void No_tensor_at_all()
    {
        Assert.Equal("x", Assert.Throws<KernelArgumentException>(() => Projections.Linear(null!, Real(3, 4), Real(3))).Parameter);
        Assert.Equal("bias", Assert.Throws<KernelArgumentException>(() => Projections.Linear(Real(2, 4), Real(3, 4), null!)).Parameter);
    }

    [Fact]
    public void A_slice_of_an_axis_that_is_too_short() =>
        Refused("Embeddings.MeanOfTokens", "x", "must have size at least 1 along axis 't', but has 0", () => Embeddings.MeanOfTokens(Real(2, 0, 3)));

    [Fact]
    public void A_window_longer_than_its_axis()
    {
        var error = Assert.Throws<KernelArgumentException>(() => ViewKernels.FreeFilter(Real(1, 1, 2), Real(1, 1, 9)));
        Assert.Equal("signal", error.Parameter);
        Assert.EndsWith("must have size at least 5 along axis 'h', but has 2", error.Message);
    }

    [Fact]
    public void A_pick_outside_its_axis()
    {
        Refused("LastKernels.LastColumn", "x", "must have size at least 3 along axis 'd', but has 2", () => LastKernels.LastColumn(Real(4, 2)));
        Refused("LastKernels.LastOfSlice", "x", "must have size at least 3 along axis 't', but has 2", () => LastKernels.LastOfSlice(Real(4, 2)));
    }

    [Fact]
    public void A_part_that_meets_an_axis_of_another_size()
    {
        // The message is about the axis that the argument has, not about what the kernel made of it.
        Refused(
            "ViewKernels.SliceMeetsAnother", "x", "must have size 4 along axis 't', but has 3",
            () => ViewKernels.SliceMeetsAnother(Real(3), Real(3)));
        Refused("SizeKernels.OneHot", "k", "must have size at least 1 along axis 'k', but has 0", () => SizeKernels.OneHot(Ids(2), 0));
    }

    [Fact]
    public void A_tensor_that_was_disposed()
    {
        var weight = Real(3, 4);
        weight.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Projections.Linear(Real(2, 4), weight, Real(3)));
    }

    [Theory]
    [InlineData(7)]
    [InlineData(5)]
    [InlineData(-1)]
    public void Ids_outside_their_table(int id)
    {
        var error = Assert.ThrowsAny<Exception>(() => Embeddings.Embedding(Real(5, 3), Tensor.From([0, id, 1], 3)));
        Assert.Equal($"'ids' holds {id}, which is outside the table of 5 rows", error.Message);
    }

    [Fact]
    public void Ids_outside_their_table_where_they_vary_along_the_vector()
    {
        var error = Assert.ThrowsAny<Exception>(() => GatherKernels.Columns(Real(2, 5), Tensor.From([0, 1, 2, 3, 4, 5], 6)));
        Assert.Equal("'ids' holds 5, which is outside the table of 5 rows", error.Message);
    }
}
