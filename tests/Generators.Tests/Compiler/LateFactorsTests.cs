using MageDsl.Generators.Analysis;
using MageDsl.Generators.Ir;
using Xunit;

namespace Generators.Tests.Compiler;

/// <summary>Which rows of an operand are divided after they have been multiplied.</summary>
public class LateFactorsTests
{
    private const string Exponentials = "Exp(Difference(x, StopGradient(Max(x, over: \"k\"))))";

    [Theory]
    [InlineData("Sum({0} / Sum({0}, over: \"k\") * w, over: \"k\")", true)]
    [InlineData("Sum(w * Select(x.Random(7) < 0.25f, 0, {0} / Sum({0}, over: \"k\") / 0.75f), over: \"k\")", true)]
    [InlineData("Sum(Select(x < 1, {0} / Sum({0}, over: \"k\"), 0) * w, over: \"k\")", true)]
    [InlineData("Sum({0} * (x + 1) / Sum({0}, over: \"k\") * w, over: \"k\")", true)]
    // By the sum of something else, by what may be zero or negative, and where something may be infinite until it is divided.
    [InlineData("Sum({0} / Sum({0} + 1, over: \"k\") * w, over: \"k\")", false)]
    [InlineData("Sum(x / Sum(x, over: \"k\") * w, over: \"k\")", false)]
    [InlineData("Sum(Exp(x) / Sum(Exp(x), over: \"k\") * w, over: \"k\")", false)]
    // Along what is summed the divisor is another one for each.
    [InlineData("Sum({0} / Sum({0}, over: \"k\") * y, over: \"n\")", false)]
    public void Rows_are_divided_late(string expression, bool isLate)
    {
        var parameters = "[Dims(\"n k\")] Expr x, [Dims(\"m k\")] Expr w, [Dims(\"n m\")] Expr y";
        var body = string.Format(System.Globalization.CultureInfo.InvariantCulture, expression, Exponentials);
        var layout = expression.EndsWith("\"n\")", StringComparison.Ordinal) ? "k m" : "n m";
        var model = GeneratorHarness.Model($"[Kernel] [return: Dims(\"{layout}\")] public static Expr F({parameters}) => {body};");
        Assert.Equal(isLate, IsDivided(Target.Gpu));
        // There a pass over a row that is at hand costs nothing.
        Assert.False(IsDivided(Target.Cpu));

        bool IsDivided(Target target)
        {
            var program = LibraryKernels.Programs(model, target).Inference;
            return program.Graph[program.Outputs[0].Value].Op == Op.Div;
        }
    }
}
