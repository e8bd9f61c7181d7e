using System;
using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Costs;

/// <summary>
/// Products of axis sizes in one spelling: axes that the program merged are taken apart, fixed sizes become numbers, and an axis
/// that is another one renamed goes by the first one's name.
/// </summary>
internal sealed class AxisProducts
{
    private readonly IReadOnlyDictionary<string, int> fixedSizes;
    private readonly Dictionary<string, string> renamed;

    public AxisProducts(IReadOnlyDictionary<string, int> fixedSizes, IEnumerable<KernelSizeRule> rules)
    {
        this.fixedSizes = fixedSizes;
        renamed = rules.Where(r => r.By.Length == 0 && r.Offset == 0).GroupBy(r => r.Axis).ToDictionary(g => g.Key, g => g.First().From);
    }

    /// <summary>The number and the axes, in order of their names: <c>(12, "d*n")</c> for four bytes over [n s=3 d].</summary>
    public (long Coefficient, string Monomial) Of(long coefficient, IEnumerable<string> axes)
    {
        var names = new List<string>();
        foreach (var axis in axes.SelectMany(a => a.Split('*')).Select(Name))
        {
            if (fixedSizes.TryGetValue(axis, out var size)) coefficient *= size;
            else names.Add(axis);
        }
        names.Sort(StringComparer.Ordinal);
        return (coefficient, string.Join("*", names));
    }

    public void AddTo(SizePolynomial sum, long coefficient, IEnumerable<string> axes)
    {
        var (number, monomial) = Of(coefficient, axes);
        sum.Add(number, monomial);
    }

    private string Name(string axis)
    {
        for (var hops = 0; hops < renamed.Count && renamed.TryGetValue(axis, out var from); hops++) axis = from;
        return axis;
    }
}
