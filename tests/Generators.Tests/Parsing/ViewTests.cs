using MageDsl.Generators;
using MageDsl.Generators.Ir;
using Xunit;
using static Generators.Tests.GeneratorHarness;

namespace Generators.Tests.Parsing;

/// <summary>Views: how an axis is read at a function of others, and how sizes follow.</summary>
public class ViewTests
{
    private static KernelModel Kernel(string expression, string layout, string parameters = "[Dims(\"b h\")] Expr x, [Dims(\"i\")] Expr w") =>
        Model($"[Kernel] [return: Dims(\"{layout}\")] public static Expr F({parameters}) => {expression};");

    [Fact]
    public void Picking_reads_one_place()
    {
        var model = Kernel("x[\"h\", 2]", "b");
        Assert.Equal("%0 = input x  [b h]\n%1 = view %0 over=h map= offset=2 divisor=1  [b]", Nodes(model));
        Assert.Empty(model.Rules);
    }

    [Fact]
    public void A_flip_counts_from_the_end()
    {
        var model = Kernel("x.Flip(\"h\")", "b h");
        Assert.Equal("%0 = input x  [b h]\n%1 = view %0 over=h map=h*1 offset=1 divisor=-1  [b h]", Nodes(model));
        Assert.Empty(model.Rules);
    }

    [Fact]
    public void A_rename_reads_at_the_new_axis()
    {
        var model = Kernel("x.Rename(\"h\", into: \"k\")", "b k");
        Assert.Equal("%0 = input x  [b h]\n%1 = view %0 over=h map=k*1 offset=0 divisor=1  [b k]", Nodes(model));
        Assert.Equal(new KernelSizeRule("k", "h", "", 0, 1), Assert.Single(model.Rules));
    }

    [Fact]
    public void A_slice_starts_later_and_is_shorter()
    {
        var model = Kernel("x.Slice(\"h\", \"k\", start: 2, trim: 1)", "b k");
        Assert.Equal("%0 = input x  [b h]\n%1 = view %0 over=h map=k*1 offset=2 divisor=1  [b k]", Nodes(model));
        Assert.Equal(new KernelSizeRule("k", "h", "", -3, 1), Assert.Single(model.Rules));
    }

    [Fact]
    public void A_window_with_padding_is_checked()
    {
        var model = Kernel("x.Window(\"h\", \"y\", \"i\", like: w, stride: 2, pad: 1)", "b y i");
        Assert.EndsWith("view %0 over=h map=y*2,i*1 offset=-1 divisor=1 checked=true  [b y i]", Nodes(model));
        Assert.Equal(new KernelSizeRule("y", "h", "i", 2, 2), Assert.Single(model.Rules));
    }

    [Fact]
    public void A_window_without_padding_is_all_inside()
    {
        var model = Kernel("x.Window(\"h\", \"y\", \"i\", w)", "b y i");
        Assert.EndsWith("view %0 over=h map=y*1,i*1 offset=0 divisor=1  [b y i]", Nodes(model));
        Assert.Equal(new KernelSizeRule("y", "h", "i", 0, 1), Assert.Single(model.Rules));
    }

    [Fact]
    public void A_convolution_is_windows_a_product_and_a_sum()
    {
        var model = Model("""
            [Kernel] [return: Dims("b o y x")]
            public static Expr Conv3x3([Dims("b c h w")] Expr image, [Dims("o c i j")] Expr weight)
                => Sum(image.Window("h","y","i", like: weight, pad: 1).Window("w","x","j", like: weight, pad: 1) * weight, over: "c i j");
            """);
        Assert.Equal(
            """
            %0 = input image  [b c h w]
            %1 = input weight  [o c i j]
            %2 = view %0 over=h map=y*1,i*1 offset=-1 divisor=1 checked=true  [b c y i w]
            %3 = view %2 over=w map=x*1,j*1 offset=-1 divisor=1 checked=true  [b c y i x j]
            %4 = mul %3 %1  [b c y i x j o]
            %5 = reducesum %4 over=c,i,j  [b y x o]
            """, Nodes(model));
        Assert.Equal([new KernelSizeRule("y", "h", "i", 2, 1), new KernelSizeRule("x", "w", "j", 2, 1)], model.Rules);
    }

    [Fact]
    public void A_rename_to_the_same_name_is_nothing()
    {
        var model = Kernel("x.Rename(\"h\", \"h\")", "b h");
        Assert.Equal("%0 = input x  [b h]", Nodes(model));
        Assert.Empty(model.Rules);
    }

    [Fact]
    public void A_rename_may_meet_an_axis_that_exists_elsewhere()
    {
        var model = Kernel("x * y.Rename(\"u\", into: \"h\")", "b h", "[Dims(\"b h\")] Expr x, [Dims(\"u\")] Expr y");
        Assert.Equal(new KernelSizeRule("h", "u", "", 0, 1), Assert.Single(model.Rules));
    }
}
