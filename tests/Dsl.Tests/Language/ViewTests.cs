using MageDsl;
using Xunit;
using static Dsl.Tests.Language.Values;
using static MageDsl.Ops;

namespace Dsl.Tests.Language;

public class ViewTests
{
    private static readonly Expr Table = Of("a=2 b=3", 1, 2, 3, 4, 5, 6);

    [Fact]
    public void Picking_an_element_removes_the_axis()
    {
        AssertIs(Table["a", 1], "b", 4, 5, 6);
        AssertIs(Table["b", 0], "a", 1, 4);
        AssertSays(() => Table["b", 3], "[\"b\", 3]", "'b'", "size 3");
    }

    [Fact]
    public void Picking_counts_from_the_end_below_zero()
    {
        AssertIs(Table["b", -1], "a", 3, 6);
        AssertIs(Table["b", -3], "a", 1, 4);
        var error = AssertSays(() => Table["b", -4], "[\"b\", -4]", "'b'", "size 3");
        Assert.Equal(("b", 4, 3), (error.Axis, error.Expected, error.Found));
    }

    [Fact]
    public void A_flip_goes_the_other_way()
    {
        AssertIs(Table.Flip("b"), "a b", 3, 2, 1, 6, 5, 4);
        AssertIs(Table.Flip("a").Flip("a"), "a b", 1, 2, 3, 4, 5, 6);
        AssertSays(() => Table.Flip("x"), "Flip", "no axis 'x'");
    }

    [Fact]
    public void Rename_keeps_the_place()
    {
        AssertIs(Table.Rename("a", "c"), "c b", 1, 2, 3, 4, 5, 6);
        AssertSays(() => Table.Rename("a", "b"), "Rename", "already has an axis 'b'");
        AssertSays(() => Table.Rename("x", "y"), "Rename", "no axis 'x'");
    }

    [Fact]
    public void Rename_keeps_the_type() => Assert.True(Ids("a=1", 2).Rename("a", "b").IsIds);

    [Fact]
    public void Slice_takes_a_part_under_another_name()
    {
        AssertIs(Table.Slice("b", "c", start: 1), "a c", 2, 3, 5, 6);
        AssertIs(Table.Slice("b", "c", trim: 1), "a c", 1, 2, 4, 5);
        AssertIs(Table.Slice("b", "c", 1, 1), "a c", 2, 5);
        AssertIs(Table.Slice("a", "c", start: 1), "c b", 4, 5, 6);
    }

    [Fact]
    public void Slice_says_what_is_wrong()
    {
        var error = AssertSays(() => Table.Slice("b", "c", 2, 1), "Slice", "'b'", "size 3", "at least 4");
        Assert.Equal(("b", 4, 3), (error.Axis, error.Expected, error.Found));
        AssertSays(() => Table.Slice("b", "b", 1), "another name");
        AssertSays(() => Table.Slice("b", "c", -1), "negative");
        AssertSays(() => Table.Slice("b", "a", 1), "already has an axis 'a'");
    }

    [Fact]
    public void Index_counts_along_an_axis_and_size_gives_its_length()
    {
        var index = Table.Index("b");
        AssertIs(index, "b", 0, 1, 2);
        Assert.True(index.IsIds);
        Assert.Equal(3, Table.Size("b").Item());
        Assert.Empty(Table.Size("b").Axes);
        AssertSays(() => Table.Size("z"), "no axis 'z'");
        AssertSays(() => Table.Index("z"), "no axis 'z'", "write Index(\"z\", size)");
    }

    [Fact]
    public void Index_makes_a_new_axis_of_a_size()
    {
        var index = Index("k", 4);
        AssertIs(index, "k", 0, 1, 2, 3);
        Assert.True(index.IsIds);
        AssertSays(() => Index("k", 0), "'k'", "1 or more");
        AssertSays(() => Index("k 2", 3), "'2' is not an axis name");
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    [InlineData(2, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    public void Windows_are_what_a_convolution_reads(int stride, int pad)
    {
        const int Channels = 2, Height = 5, Width = 6, Out = 3, Kernel = 3;
        var image = Some("c=2 h=5 w=6", 1);
        var filter = Some("o=3 c=2 i=3 j=3", 2);
        var found = Sum(
            image.Window("h", "y", "i", like: filter, stride, pad).Window("w", "x", "j", like: filter, stride, pad) * filter, over: "c i j");

        var (rows, columns) = ((Height + 2 * pad - Kernel) / stride + 1, (Width + 2 * pad - Kernel) / stride + 1);
        var (pixels, weights) = (image.ToArray("c h w"), filter.ToArray("o c i j"));
        var expected = new double[rows * columns * Out];
        for (var y = 0; y < rows; y++)
        {
            for (var x = 0; x < columns; x++)
            {
                for (var o = 0; o < Out; o++)
                {
                    for (var c = 0; c < Channels; c++)
                    {
                        for (var i = 0; i < Kernel; i++)
                        {
                            for (var j = 0; j < Kernel; j++)
                            {
                                var (h, w) = (y * stride + i - pad, x * stride + j - pad);
                                if (h < 0 || h >= Height || w < 0 || w >= Width) continue;
                                expected[(y * columns + x) * Out + o] += pixels[(c * Height + h) * Width + w]
                                    * weights[((o * Channels + c) * Kernel + i) * Kernel + j];
                            }
                        }
                    }
                }
            }
        }

        AssertIs(found, "y x o", expected);
    }

    [Fact]
    public void Windows_replace_the_axis_in_place_and_are_zero_outside()
    {
        var x = Of("a=1 t=3 b=1", 1, 2, 3);
        AssertIs(x.Window("t", "u", "k", like: Of("k=3", 0, 0, 0), pad: 1), "a u k b", 0, 1, 2, 1, 2, 3, 2, 3, 0);
    }

    [Fact]
    public void Windows_say_what_is_wrong()
    {
        var filter = Some("k=5");
        var error = AssertSays(() => Table.Window("b", "u", "k", like: filter), "Window", "'b'", "size 3", "at least 5");
        Assert.Equal(("b", 5, 3), (error.Axis, error.Expected, error.Found));
        AssertSays(() => Table.Window("b", "a", "k", like: filter, pad: 2), "already has an axis 'a'");
        AssertSays(() => Table.Window("b", "u", "u", like: filter, pad: 2), "'u'");
        AssertSays(() => Table.Window("b", "u", "k", like: filter, stride: 0), "stride 0");
        AssertSays(() => Table.Window("b", "u", "k", like: Table), "no axis 'k'");
    }

    [Fact]
    public void Pooling_is_a_mean_over_a_group()
    {
        var x = Expr.From([1, 2, 3, 4, 5, 6, 7, 8], "(h r=2) (w s=2)", [2, 4]);
        AssertIs(Mean(x, over: "r s"), "h w", 3.5, 5.5);
    }

    [Fact]
    public void Upsampling_is_broadcasting_into_a_group()
    {
        var x = Of("h=1 w=2", 1, 2);
        Assert.Equal([1, 1, 2, 2, 1, 1, 2, 2], x.ToArray("(h r=2) (w s=2)"));
        Assert.Equal([2, 4], x.ShapeOf("(h r=2) (w s=2)"));
    }

    [Fact]
    public void Gather_puts_the_new_axes_in_the_table_s_place()
    {
        var table = Of("u=1 v=3 d=2", 1, 2, 3, 4, 5, 6);
        AssertIs(Gather(table, "v", Ids("b=1 t=2", 2, 0)), "u b t d", 5, 6, 1, 2);
    }

    [Fact]
    public void Gather_aligns_shared_axes()
    {
        var logits = Of("n=2 v=3", 1, 2, 3, 4, 5, 6);
        AssertIs(Gather(logits, "v", Ids("n=2", 2, 0)), "n", 3, 4);
        var batched = Of("b=2 t=2 d=1", 1, 2, 3, 4);
        AssertIs(Gather(batched, "t", Ids("b=2 s=3", 0, 1, 1, 1, 0, 0)), "b s d", 1, 2, 2, 4, 3, 3);
    }

    [Fact]
    public void Gather_with_a_scalar_picks() => AssertIs(Gather(Table, "a", 1), "b", 4, 5, 6);

    [Fact]
    public void Gather_says_what_is_wrong()
    {
        var error = AssertSays(() => Gather(Table, "b", Ids("t=1", 3)), "Gather", "holds 3", "'b'", "size 3");
        Assert.Equal("b", error.Axis);
        AssertSays(() => Gather(Table, "b", Ids("t=1", -1)), "holds -1");
        AssertSays(() => Gather(Table, "b", Of("t=1", 0.5)), "0.5", "whole");
        AssertSays(() => Gather(Table, "z", Ids("t=1", 0)), "no axis 'z'");
        AssertSays(() => Gather(Table, "b", Ids("b=3", 0, 1, 2)), "axis 'b' itself");
        AssertSays(() => Gather(Table, "b", Ids("a=3", 0, 1, 2)), "'a'", "size 2", "3");
    }
}
