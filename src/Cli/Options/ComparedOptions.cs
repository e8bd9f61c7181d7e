using System.CommandLine;
using System.Globalization;
using Mage.Config;

namespace Mage.Cli.Options;

/// <summary>What ways to generate a command compares: each a list, and every choice of one is tried with every choice of the others.</summary>
internal sealed class ComparedOptions
{
    private static readonly string Orders = string.Join(", ", Words.Of<TokenOrder>());

    private readonly Option<string?> steps = List("--steps", "Decoding steps", "N,…");
    private readonly Option<string?> order = List("--order", $"Which tokens become known first: {Orders}", "NAME,…");
    private readonly Option<string?> guidance = List("--guidance", "How far to go towards the class, past what it is without guidance", "X,…");

    /// <summary>The options.</summary>
    public IEnumerable<Option> All => [order, steps, guidance];

    /// <summary>The ways that the line names; what it does not name is as in the run's settings.</summary>
    /// <exception cref="UserErrorException">A word or a number is none of those that can be.</exception>
    public IReadOnlyList<SamplingConfig> Ways(ParseResult parse, RunConfig config)
    {
        var sampling = config.Sampling;
        var orders = Read(parse, order, $"one of {Orders}", text => Words.TryParse<TokenOrder>(text, out var word) ? word : (TokenOrder?)null)
            ?? [sampling.Order];
        var counts = Read(
            parse, steps, "a whole number", text => int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : (int?)null)
            ?? [sampling.Iterations];
        var scales = Read(
            parse, guidance, "a number", text => float.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : (float?)null)
            ?? [sampling.Guidance];
        IReadOnlyList<SamplingConfig> ways =
        [
            .. from one in orders from count in counts from scale in scales
               select sampling with { Order = one, Iterations = count, Guidance = scale },
        ];
        foreach (var way in ways)
        {
            RunConfigRules.Check(config with { Sampling = way });
        }

        return ways;
    }

    private static T[]? Read<T>(ParseResult parse, Option<string?> option, string should, Func<string, T?> read)
        where T : struct
        => parse.GetValue(option)?.Split(',')
            .Select(text => read(text.Trim()) ?? throw new UserErrorException($"{option.Name} has '{text}'; it should be {should}"))
            .ToArray();

    private static Option<string?> List(string name, string description, string help)
        => new(name) { Description = $"{description}; of several, each is tried [default: the run's]", HelpName = help };
}
