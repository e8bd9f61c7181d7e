using Dsl.Tests.Kernels;
using MageDsl.Tests.Cpu;
using Xunit;

namespace Fuzz.Tests;

/// <summary>Programs that once failed, made small: as they are and unfused, at every vector width, against definition and oracles.</summary>
[Collection(CpuSettings.Name)]
public class RegressionTests
{
    public static IEnumerable<TheoryDataRow<string, int>> Cases() =>
        from kernel in KernelCases.Of(typeof(RegressionTests))
        where kernel.Name.Replace("Unfused", "").StartsWith("Case", StringComparison.Ordinal)
        from width in SimdScope.Widths
        select new TheoryDataRow<string, int>(kernel.Name, width);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Agrees_with_its_definition(string name, int width)
    {
        using var scope = new SimdScope(width, threads: 1);
        var failures = KernelCases.Failures(name);
        Assert.True(failures.Count == 0, string.Join("\n", failures));
    }
}
