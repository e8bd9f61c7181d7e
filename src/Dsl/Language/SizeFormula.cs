using System.Globalization;

namespace MageDsl;

/// <summary>
/// A number that depends on axis sizes: a sum of products, as <c>8*...*d+4*d</c>. The compiler writes what kernels cost in this form,
/// because sizes are known at launch only.
/// </summary>
public sealed class SizeFormula
{
    private readonly (long Coefficient, string[] Axes)[] terms;

    private SizeFormula(string text, (long, string[])[] terms)
    {
        Text = text;
        this.terms = terms;
    }

    /// <summary>The formula as it was written.</summary>
    public string Text { get; }

    /// <summary>The axes whose sizes it needs.</summary>
    public IEnumerable<string> Axes => terms.SelectMany(term => term.Axes).Distinct();

    /// <summary>Reads a formula: terms between <c>+</c>, each a whole number, axes, or both between <c>*</c>.</summary>
    /// <exception cref="FormatException">A number is not whole, or a factor is missing.</exception>
    public static SizeFormula Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new SizeFormula(text, [.. text.Split('+').Select(term => Term(text, term))]);
    }

    /// <summary>The formula of a text, as <see cref="Parse"/> reads it.</summary>
    public static implicit operator SizeFormula(string text) => Parse(text);

    /// <summary>The number for some sizes.</summary>
    /// <param name="sizes">The size of every axis of <see cref="Axes"/>.</param>
    /// <exception cref="ArgumentException">An axis is missing.</exception>
    /// <exception cref="OverflowException">The number passes 2^63.</exception>
    public long At(IReadOnlyDictionary<string, int> sizes)
    {
        ArgumentNullException.ThrowIfNull(sizes);
        var sum = 0L;
        foreach (var (coefficient, axes) in terms)
        {
            var product = coefficient;
            foreach (var axis in axes)
            {
                product = checked(product * (sizes.TryGetValue(axis, out var size)
                    ? size
                    : throw new ArgumentException($"'{Text}' needs the size of axis '{axis}'", nameof(sizes))));
            }
            sum = checked(sum + product);
        }
        return sum;
    }

    /// <summary>The formula as it was written.</summary>
    public override string ToString() => Text;

    private static (long, string[]) Term(string text, string term)
    {
        var factors = term.Split('*');
        if (factors.Any(string.IsNullOrWhiteSpace)) throw new FormatException($"\"{text}\" is no formula of sizes: a factor is missing");
        if (!char.IsAsciiDigit(factors[0][0])) return (1, factors);
        return long.TryParse(factors[0], NumberStyles.None, CultureInfo.InvariantCulture, out var coefficient)
            ? (coefficient, factors[1..])
            : throw new FormatException($"\"{text}\" is no formula of sizes: {factors[0]} is no whole number");
    }
}
