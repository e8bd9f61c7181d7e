using MageDsl;
using Xunit;

namespace Dsl.Tests.Language;

/// <summary>Short ways to make and compare values in the tests of the language.</summary>
internal static class Values
{
    /// <summary>A value over a layout such as "a=2 b=3", from its elements.</summary>
    public static Expr Of(string layout, params double[] data) => Expr.From(data, layout, new Dictionary<string, int>());

    /// <summary>Ids over a layout.</summary>
    public static Expr Ids(string layout, params double[] data) => Expr.From(data, layout, new Dictionary<string, int>(), ids: true);

    /// <summary>A value with deterministic, irregular elements in [-1, 1].</summary>
    public static Expr Some(string layout, int seed = 1)
    {
        var random = new Random(seed);
        var count = TensorLayout.Parse(layout).Axes.Aggregate(1, (product, axis) => product * axis.Fixed);
        return Of(layout, [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextDouble() - 1)]);
    }

    /// <summary>Checks axes, in order, and elements.</summary>
    public static void AssertIs(Expr value, string axes, params double[] expected)
    {
        Assert.Equal(axes, string.Join(" ", value.Axes));
        var found = value.ToArray(axes);
        Assert.Equal(expected.Length, found.Length);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], found[i], 1e-14);
    }

    /// <summary>Checks that an action fails with a message holding each part.</summary>
    public static ExprException AssertSays(Func<object> action, params string[] parts)
    {
        var error = Assert.Throws<ExprException>(() => { action(); });
        foreach (var part in parts) Assert.Contains(part, error.Message);
        return error;
    }
}
