using System.CommandLine;
using Mage.Config;

namespace Mage.Cli.Options;

/// <summary>How codes are drawn: the options of every command that generates. What is not given is as in the run's settings.</summary>
internal sealed class SamplingOptions
{
    private readonly Option<int?> iterations = new("--iterations", "--steps") { Description = "Decoding steps [default: the run's]", HelpName = "N" };
    private readonly Option<float?> temperature = new("--temperature")
    {
        Description = "Strength of the noise on confidences [default: the run's]", HelpName = "X",
    };
    private readonly Option<string?> schedule = Word<MaskSchedule>("--schedule", "How the share of unknown tokens falls");
    private readonly Option<string?> order = Word<TokenOrder>("--order", "Which tokens become known first");
    private readonly Option<float?> tokenTemperature = new("--token-temperature")
    {
        Description = "What the scores of codes are divided by: below 1 the likely ones become likelier [default: the run's]", HelpName = "X",
    };
    private readonly Option<int?> topK = new("--top-k")
    {
        Description = "Draw from the N likeliest codes; 0: from all [default: the run's]", HelpName = "N",
    };
    private readonly Option<float?> topP = new("--top-p")
    {
        Description = "Draw from the likeliest codes that together have this probability [default: the run's]", HelpName = "X",
    };
    private readonly Option<float?> guidance = new("--guidance")
    {
        Description = "How far to go towards the class, past what it is without guidance; 0: not at all [default: the run's]", HelpName = "X",
    };
    private readonly Option<string?> guidanceSchedule = Word<GuidanceSchedule>("--guidance-schedule", "Guidance over the steps");
    private readonly Option<int?> batch = new("--batch") { Description = "Images decoded at once [default: the run's]", HelpName = "N" };

    /// <summary>The options.</summary>
    public IEnumerable<Option> All => [iterations, order, guidance, .. Rest];

    /// <summary>Those beside steps, order and guidance, which <see cref="ComparedOptions"/> has as lists.</summary>
    public IEnumerable<Option> Rest => [temperature, schedule, tokenTemperature, topK, topP, guidanceSchedule, batch];

    /// <summary>Changes a run's settings as the line says.</summary>
    /// <exception cref="UserErrorException">A word or a number is none of those that can be.</exception>
    public void Apply(ParseResult parse, RunConfig config)
    {
        var sampling = config.Sampling;
        sampling.Iterations = parse.GetValue(iterations) ?? sampling.Iterations;
        sampling.Temperature = parse.GetValue(temperature) ?? sampling.Temperature;
        sampling.Schedule = WordOption.Read<MaskSchedule>(parse, schedule) ?? sampling.Schedule;
        sampling.Order = WordOption.Read<TokenOrder>(parse, order) ?? sampling.Order;
        sampling.TokenTemperature = parse.GetValue(tokenTemperature) ?? sampling.TokenTemperature;
        sampling.TopK = parse.GetValue(topK) ?? sampling.TopK;
        sampling.TopP = parse.GetValue(topP) ?? sampling.TopP;
        sampling.Guidance = parse.GetValue(guidance) ?? sampling.Guidance;
        sampling.GuidanceSchedule = WordOption.Read<GuidanceSchedule>(parse, guidanceSchedule) ?? sampling.GuidanceSchedule;
        sampling.Batch = parse.GetValue(batch) ?? sampling.Batch;
        if (parse.GetValue(guidance) > 0 && !config.Mage.ClassConditional)
        {
            throw new UserErrorException(
                "--guidance needs a run that was trained with classes (--set mage.classConditional=true), and this one was not");
        }

        RunConfigRules.Check(config);
    }

    /// <summary>Guidance goes towards a class; without one it would do nothing, and say nothing.</summary>
    /// <param name="parse">The line.</param>
    /// <param name="isGiven">Whether the line names a class.</param>
    /// <exception cref="UserErrorException">It asks for guidance and names no class.</exception>
    public void CheckClass(ParseResult parse, bool isGiven)
    {
        if (parse.GetValue(guidance) > 0 && !isGiven)
        {
            throw new UserErrorException("--guidance goes towards a class, and none is named; name it with --class");
        }
    }

    private static Option<string?> Word<T>(string name, string description)
        where T : struct, Enum
        => new(name) { Description = $"{description}: {string.Join(", ", Words.Of<T>())} [default: the run's]", HelpName = "NAME" };
}
