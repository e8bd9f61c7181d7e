using MageDsl;
using Xunit;

namespace Dsl.Tests.Language;

public class KernelCheckTests
{
    private static readonly Tensor Matrix = Tensor.Zeros(ElementType.Float32, 2, 3);

    [Fact]
    public void What_fits_passes()
    {
        KernelCheck.Rank("K", "x", Matrix, 2, "n d");
        KernelCheck.RankAtLeast("K", "x", Matrix, 1, "... d");
        KernelCheck.Axis("K", "x", "d", 3, 3);
        KernelCheck.AxisAtLeast("K", "x", "d", 3, 3);
        KernelCheck.Type("K", "x", Matrix, ElementType.Float32);
        KernelCheck.Real("K", "x", Matrix);
        KernelCheck.Divides("K", "x", "(s=3 e)", 6, 3);
        KernelCheck.Size("K", "heads", "h", 1);
    }

    [Fact]
    public void Rank() => Says(
        () => KernelCheck.Rank("Layers.Norm", "x", Matrix, 3, "b t d"), "Layers.Norm: x [b t d] must have 3 dimensions, but has 2: [2, 3]");

    [Fact]
    public void Least_rank() => Says(
        () => KernelCheck.RankAtLeast("Layers.Norm", "x", Matrix, 3, "... t u d"),
        "Layers.Norm: x [... t u d] must have at least 3 dimensions, but has 2: [2, 3]");

    [Fact]
    public void Axis() => Says(
        () => KernelCheck.Axis("Layers.Norm", "scale", "d", 3, 4), "Layers.Norm: scale must have size 3 along axis 'd', but has 4");

    [Fact]
    public void Least_size() => Says(
        () => KernelCheck.AxisAtLeast("Layers.Conv", "x", "h", 3, 2), "Layers.Conv: x must have size at least 3 along axis 'h', but has 2");

    [Fact]
    public void Type() => Says(
        () => KernelCheck.Type("Layers.Norm", "ids", Matrix, ElementType.Int32), "Layers.Norm: ids must hold Int32, but holds Float32");

    [Fact]
    public void Real() => Says(
        () => KernelCheck.Real("Layers.Norm", "x", Tensor.Zeros(ElementType.Int32, 1)),
        "Layers.Norm: x must hold Float32 or Float64, but holds Int32");

    [Theory]
    [InlineData(4)]
    [InlineData(0)]
    public void Division(int by) => Says(
        () => KernelCheck.Divides("Layers.Attention", "qkv", "(s=3 h e)", 9, by),
        $"Layers.Attention: qkv has a dimension of 9 for (s=3 h e), which is not a multiple of {by}");

    [Fact]
    public void Size() => Says(
        () => KernelCheck.Size("Layers.Attention", "heads", "h", 0), "Layers.Attention: heads must have size at least 1 along axis 'h', but has 0");

    [Fact]
    public void Null()
    {
        Says(() => KernelCheck.Rank("K", "x", null!, 2, "n d"), "K: x [n d] is null");
        Says(() => KernelCheck.Type("K", "x", null!, ElementType.Float32), "K: x is null");
    }

    [Fact]
    public void The_exception_knows_kernel_and_parameter()
    {
        var error = Assert.Throws<KernelArgumentException>(() => KernelCheck.Axis("K", "x", "d", 1, 2));
        Assert.Equal(("K", "x"), (error.Kernel, error.Parameter));
    }

    [Fact]
    public void Registered_kernels_are_listed_by_name()
    {
        var asked = 0;
        var catalog = new KernelCatalog();
        catalog.Register(() =>
        {
            asked++;
            return [Kernel("B.Second"), Kernel("B.First")];
        });
        Assert.Equal(0, asked);
        Assert.Equal(["B.First", "B.Second"], catalog.All().Select(k => k.Name));
        catalog.Register(() => [Kernel("A.Late")]);
        Assert.Equal(["A.Late", "B.First", "B.Second"], catalog.All().Select(k => k.Name));
        Assert.Equal(1, asked);
    }

    [Fact]
    public void A_description_may_wait_for_an_assembly_that_is_registering_just_now()
    {
        var catalog = new KernelCatalog();
        var registered = false;
        catalog.Register(() =>
        {
            // As a module initializer on another thread, which the runtime lets this one wait for.
            registered |= Task.Run(() => catalog.Register(() => [Kernel("B.Other")])).Wait(TimeSpan.FromSeconds(30));
            return [Kernel("A.First")];
        });
        Assert.Equal(["A.First"], catalog.All().Select(k => k.Name));
        Assert.True(registered, "registering waited for the description");
        Assert.Equal(["A.First", "B.Other"], catalog.All().Select(k => k.Name));
    }

    [Fact]
    public void A_kernel_describes_itself()
    {
        var kernel = new KernelInfo
        {
            Name = "Layers.Heads",
            Parameters =
            [
                new("x", KernelParameterKind.Tensor, "b (h e)"), new("ids", KernelParameterKind.Ids, "b"),
                new("heads", KernelParameterKind.Size, "h"), new("eps", KernelParameterKind.Float, Default: 0.5f),
            ],
            Results = ["b h", ""],
            Definition = _ => [],
            Launch = _ => [],
        };
        Assert.Equal("Layers.Heads(x [b (h e)], ids ids [b], heads = size of h, float eps = 0.5) -> [b h], []", kernel.ToString());
    }

    private static KernelInfo Kernel(string name) => new() { Name = name, Parameters = [], Results = [], Definition = _ => [], Launch = _ => [] };

    private static void Says(Action action, string message) => Assert.Equal(message, Assert.Throws<KernelArgumentException>(action).Message);
}
