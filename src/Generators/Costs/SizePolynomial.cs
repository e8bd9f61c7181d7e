using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace MageDsl.Generators.Costs;

/// <summary>A sum of products of axis sizes, known only at launch: <c>8*...*d+4*d</c>. The run-time library reads the text back.</summary>
internal sealed class SizePolynomial
{
    private readonly Dictionary<string, long> terms = new();

    /// <summary>Adds a coefficient times the sizes of some axes, the empty text being no axis.</summary>
    public void Add(long coefficient, string monomial)
    {
        if (coefficient == 0) return;
        terms[monomial] = (terms.TryGetValue(monomial, out var known) ? known : 0) + coefficient;
    }

    public void Add(SizePolynomial other)
    {
        foreach (var term in other.terms) Add(term.Value, term.Key);
    }

    /// <summary>Products of many axes first, then by name.</summary>
    public override string ToString() => terms.Count == 0 ? "0" : string.Join("+", terms
        .OrderByDescending(t => t.Key.Length == 0 ? 0 : t.Key.Count(c => c == '*') + 1)
        .ThenBy(t => t.Key, StringComparer.Ordinal)
        .Select(t => (t.Value, t.Key) switch
        {
            (1, { Length: > 0 }) => t.Key,
            (_, { Length: 0 }) => t.Value.ToString(CultureInfo.InvariantCulture),
            _ => $"{t.Value.ToString(CultureInfo.InvariantCulture)}*{t.Key}",
        }));
}
