using MageDsl;
using MageDsl.Testing;
using Xunit;
using static Dsl.Tests.Testing.HandMade;
using static MageDsl.Ops;

namespace Dsl.Tests.Testing;

public class GradientCheckTests
{
    private static readonly GradientCheckOptions Small = new() { Sizes = new Dictionary<string, int> { ["n"] = 3, ["k"] = 4, ["o"] = 2 } };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_right_kernel_passes(int seed)
    {
        var result = GradientCheck.Run(Dense(), new GradientCheckOptions { Seed = seed });
        result.Assert();
        Assert.Equal(["x", "w", "b"], result.Gradients.Select(g => g.Parameter));
        Assert.All(result.Gradients, g => Assert.InRange(g.Error, 0, 1e-9));
        Assert.InRange(result.Float64Error, 0, 1e-14);
        Assert.InRange(result.Float32Error, 1e-10, 1e-6);
    }

    [Fact]
    public void A_wrong_element_of_a_gradient_is_named()
    {
        var wrong = Dense((gradients, _) =>
        {
            gradients[1]![5] *= 1.0001;
            return gradients;
        });
        var result = GradientCheck.Run(wrong, Small);
        Assert.False(result.Passed);
        var failure = Assert.Single(result.Failures);
        Assert.Contains("gradient of w at index 5", failure);
        var error = result.Gradients.Single(g => g.Parameter == "w");
        Assert.Equal(5, error.Index);
        Assert.Equal(1.0001, error.Compiled / error.Numeric, 1e-8);
        var message = Assert.Throws<GradientCheckException>(result.Assert).Message;
        Assert.Contains("Tests.Dense", message);
        Assert.Contains("k=4", message);
        Assert.Contains("seed 1", message);
    }

    [Fact]
    public void A_wrong_gradient_is_told_by_the_two_others()
    {
        var wrong = Elementwise("Tests.Exp", Exp, Math.Exp, x => Math.Exp(x) * 1.0001);
        var failure = Assert.Single(GradientCheck.Run(wrong).Failures);
        Assert.Contains("by forward mode over the definition", failure);
        Assert.EndsWith("agree with forward mode", failure);
    }

    [Fact]
    public void A_wrong_forward_mode_is_told_by_the_two_others()
    {
        // A value taken out of the language and bound again has lost its tangent.
        var lossy = Elementwise("Tests.Lossy", x => Expr.From((x * x).ToArray("..."), "...", [x.Count]), x => x * x, x => 2 * x);
        var failures = GradientCheck.Run(lossy).Failures;
        Assert.EndsWith("agree with the compiled one", failures[0]);
        Assert.Contains("is 0 by forward mode over the definition", failures[1]);
        Assert.Contains("by central differences of it", failures[1]);
    }

    [Fact]
    public void Errors_that_differences_cannot_see_are_found()
    {
        var wrong = Elementwise("Tests.Exp", Exp, Math.Exp, x => Math.Exp(x) * (1 + 1e-8));
        Assert.False(GradientCheck.Run(wrong).Passed);
        GradientCheck.Run(wrong, new GradientCheckOptions { GradientTolerance = 1e-7 }).Assert();
    }

    [Fact]
    public void A_missing_gradient_is_found()
    {
        var wrong = Dense((gradients, _) => [gradients[0], gradients[1], null]);
        Assert.Contains("gradient of b", Assert.Single(GradientCheck.Run(wrong, Small).Failures));
    }

    [Fact]
    public void A_gradient_that_is_wrong_only_if_asked_for_alone_is_found()
    {
        var wrong = Dense((gradients, needed) =>
        {
            if (!needed[0]) gradients[1]![0] += 0.1;
            return gradients;
        });
        var failure = Assert.Single(GradientCheck.Run(wrong, Small).Failures);
        Assert.Contains("gradient of w at index 0", failure);
        Assert.Contains("alone", failure);
        GradientCheck.Run(wrong, Small with { CheckAlone = false }).Assert();
    }

    [Fact]
    public void Elements_that_are_not_drawn_are_checked_along_a_direction()
    {
        var wrong = Elementwise("Tests.Square", x => x * x, x => x * x, x => x is > -0.5 and < -0.48 ? 0 : 2 * x);
        var options = new GradientCheckOptions { Sizes = new Dictionary<string, int> { ["..."] = 500 }, MaxElements = 2 };
        var result = GradientCheck.Run(wrong, options);
        Assert.Contains("direction", Assert.Single(result.Failures));
        Assert.Equal(-1, Assert.Single(result.Gradients).Index);
    }

    [Fact]
    public void A_wrong_result_is_named()
    {
        var wrong = Elementwise("Tests.Exp", Exp, x => Math.Exp(x) + 1e-8, Math.Exp);
        var result = GradientCheck.Run(wrong);
        Assert.Contains("Float64: result 0 [...]", Assert.Single(result.Failures));
        Assert.InRange(result.Float64Error, 1e-9, 1e-7);
    }

    [Fact]
    public void A_result_that_is_not_a_number_is_wrong()
    {
        var wrong = Elementwise("Tests.Exp", Exp, _ => double.NaN, Math.Exp);
        Assert.Contains("NaN", GradientCheck.Run(wrong).Failures[0]);
    }

    [Fact]
    public void Float32_is_checked_by_itself()
    {
        var calls = 0;
        var kernel = Elementwise("Tests.Exp", Exp, x => x, Math.Exp);
        var rough = Kernel(
            "Tests.Rough", [Real("x", "n")], "n", x => Exp(x[0]), x => x[0].Shape.ToArray(),
            x => [.. x[0].Select(value => Math.Exp(value) * (calls++ < x[0].Length ? 1.001 : 1))]); // the first launch is the one in float32
        Assert.Contains("Float32: result 0", Assert.Single(GradientCheck.Run(rough).Failures));
        Assert.False(GradientCheck.Run(kernel, new GradientCheckOptions { CheckFloat32 = false }).Passed);
    }

    [Fact]
    public void A_launch_that_is_not_recorded_is_found()
    {
        var silent = new KernelInfo
        {
            Name = "Tests.Silent",
            Parameters = [Real("x", "n")],
            Results = ["n"],
            Definition = a => [2 * (Expr)a[0]],
            Launch = a => [Tensor.From(((Tensor)a[0]).Cast(ElementType.Float64).ToArray<double>().Select(v => 2 * v).ToArray())
                .Cast(((Tensor)a[0]).Type)],
        };
        Assert.Contains("not recorded", GradientCheck.Run(silent).Failures[0]);
    }

    [Fact]
    public void A_launch_that_writes_into_its_input_is_found()
    {
        var writing = new KernelInfo
        {
            Name = "Tests.Writing",
            Parameters = [Real("x", "n")],
            Results = ["n"],
            Differentiable = false,
            Definition = a => [(Expr)a[0]],
            Launch = a =>
            {
                var x = (Tensor)a[0];
                var y = x.Clone();
                x.Fill(0);
                return [y];
            },
        };
        Assert.Contains("wrote into its input x", GradientCheck.Run(writing).Failures[0]);
    }

    [Fact]
    public void A_wrong_shape_is_named()
    {
        var wrong = Kernel("Tests.Shape", [Real("x", "n k")], "n k", x => x[0], x => [(int)x[0].Count], x => x[0]);
        var failure = GradientCheck.Run(wrong, Small).Failures[0];
        Assert.Contains("has shape [12]", failure);
        Assert.Contains("[3, 4]", failure);
    }

    [Fact]
    public void What_is_under_StopGradient_is_held_constant()
    {
        Func<Expr, Expr> definition = x => x * StopGradient(x);
        GradientCheck.Run(Elementwise("Tests.Stop", definition, x => x * x, x => x)).Assert();
        Assert.False(GradientCheck.Run(Elementwise("Tests.Stop", definition, x => x * x, x => 2 * x)).Passed);
    }

    [Fact]
    public void A_straight_through_estimator_passes()
    {
        Func<Expr, Expr> definition = x => x + StopGradient(Floor(4 * x) / 4 - x);
        GradientCheck.Run(Elementwise("Tests.Round", definition, x => Math.Floor(4 * x) / 4, _ => 1)).Assert();
    }

    [Fact]
    public void A_kink_close_to_a_point_is_told_from_a_wrong_derivative()
    {
        // 3e-5 from the kink: the first step reaches over it, the second does not.
        Func<Expr, Expr> definition = x => Abs(x - StopGradient(x) + 3e-5);
        GradientCheck.Run(Elementwise("Tests.Kink", definition, _ => 3e-5, _ => 1)).Assert();
        Assert.False(GradientCheck.Run(Elementwise("Tests.Kink", definition, _ => 3e-5, _ => 0.99)).Passed);
    }

    [Fact]
    public void Domains_keep_inputs_where_a_function_is_defined()
    {
        var log = Elementwise("Tests.Log", Log, Math.Log, x => 1 / x);
        Assert.False(GradientCheck.Run(log).Passed);
        var options = new GradientCheckOptions { Domains = new Dictionary<string, InputDomain> { ["x"] = InputDomain.Positive } };
        GradientCheck.Run(log, options).Assert();
    }

    [Fact]
    public void A_gradient_that_is_zero_is_no_failure() =>
        GradientCheck.Run(Elementwise("Tests.Zero", x => StopGradient(x), x => x, _ => 0)).Assert();

    [Fact]
    public void Ids_are_drawn_from_all_that_the_definition_accepts()
    {
        var seen = new HashSet<double>();
        var lookup = Kernel(
            "Tests.Lookup", [Real("table", "v d"), new("ids", KernelParameterKind.Ids, "n")], "n d", a => Gather(a[0], "v", a[1]),
            t => [t[1].Shape[0], t[0].Shape[1]],
            x =>
            {
                seen.UnionWith(x[1]);
                var d = 2;
                return [.. x[1].SelectMany(id => x[0].Skip((int)id * d).Take(d))];
            },
            (x, gradient, _) =>
            {
                var result = new double[x[0].Length];
                for (var i = 0; i < gradient.Length; i++) result[(int)x[1][i / 2] * 2 + i % 2] += gradient[i];
                return [result, null];
            });
        var result = GradientCheck.Run(lookup, new GradientCheckOptions { Sizes = new Dictionary<string, int> { ["v"] = 5, ["d"] = 2, ["n"] = 60 } });
        result.Assert();
        Assert.Equal([0, 1, 2, 3, 4], seen.Order());
        Assert.Equal("table", Assert.Single(result.Gradients).Parameter);
    }

    [Fact]
    public void A_kernel_that_writes_into_a_parameter_is_checked_forward()
    {
        KernelInfo Update(double rate) => new()
        {
            Name = "Tests.Step",
            Parameters = [Real("w", "n"), Real("g", "n"), new("rate", KernelParameterKind.Float)],
            Results = ["n"],
            Into = ["w"],
            Definition = a => [(Expr)a[0] - (float)a[2] * (Expr)a[1]],
            Launch = a =>
            {
                var (w, g) = ((Tensor)a[0], (Tensor)a[1]);
                var next = w.Cast(ElementType.Float64).ToArray<double>().Zip(g.Cast(ElementType.Float64).ToArray<double>(), (x, y) => x - rate * y);
                Tensor.From(next.ToArray()).Cast(w.Type).CopyTo(w);
                return [w];
            },
        };
        var options = new GradientCheckOptions { Scalars = new Dictionary<string, object> { ["rate"] = 0.25f } };
        GradientCheck.Run(Update(0.25), options).Assert();
        Assert.False(GradientCheck.Run(Update(0.5), options).Passed);
    }

    [Fact]
    public void The_same_seed_gives_the_same_check()
    {
        Assert.Equal(GradientCheck.Run(Dense()).Gradients, GradientCheck.Run(Dense()).Gradients);
        Assert.NotEqual(GradientCheck.Run(Dense(), Small).Gradients, GradientCheck.Run(Dense(), Small with { Seed = 2 }).Gradients);
    }
}
