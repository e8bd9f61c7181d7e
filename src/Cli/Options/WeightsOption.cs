using System.CommandLine;
using Mage.Training;

namespace Mage.Cli.Options;

/// <summary><c>--weights</c>: with which weights of MAGE a run is used.</summary>
internal static class WeightsOption
{
    /// <summary>The option.</summary>
    public static Option<string?> Create() => new("--weights")
    {
        Description = "Weights of MAGE: ema, their average over training, or last [default: ema if the run has it]", HelpName = "NAME",
    };

    /// <summary>What the line says; null if nothing.</summary>
    /// <exception cref="UserErrorException">It is neither.</exception>
    public static TrainedWeights? Read(ParseResult parse, Option<string?> option)
        => WordOption.Read<TrainedWeights>(parse, option);
}
