using System.CommandLine;
using Mage.Cli.Options;
using Mage.Config;
using Mage.Images;
using Mage.Training;

namespace Mage.Cli;

/// <summary><c>mage-dsl generate</c>.</summary>
internal static class GenerateCommand
{
    private const int MaxCount = 10_000;

    /// <summary>The command.</summary>
    /// <param name="parts">What loads the models.</param>
    public static Command Create(IRunParts parts)
    {
        var run = RunArgument.Create();
        var count = new Option<int>("--count") { Description = "Images", HelpName = "N", DefaultValueFactory = _ => 64 };
        var output = new Option<string?>("--out")
        {
            Description = "The file to write, .png, .jpg or .webp [default: generated.png in the run folder]", HelpName = "FILE",
        };
        var seed = new Option<int?>("--seed") { Description = "Seed of the draws [default: the run's]", HelpName = "N" };
        var iterations = new Option<int?>("--iterations") { Description = "Decoding steps [default: the run's]", HelpName = "N" };
        var temperature = new Option<float?>("--temperature")
        {
            Description = "Strength of the noise on confidences [default: the run's]", HelpName = "X",
        };
        var device = DeviceOption.Create();
        var precision = DeviceOption.CreatePrecision();
        var command = new Command("generate")
        {
            run, count, output, seed, iterations, temperature, device, precision,
        };
        command.SetAction(parse =>
        {
            DeviceOption.Apply(parse, device, precision);
            var (folder, config) = RunArgument.Open(parse.GetValue(run));
            config.Sampling.Iterations = parse.GetValue(iterations) ?? config.Sampling.Iterations;
            config.Sampling.Temperature = parse.GetValue(temperature) ?? config.Sampling.Temperature;
            RunConfigRules.Check(config);
            var images = parse.GetValue(count);
            if (images is < 1 or > MaxCount)
            {
                throw new UserErrorException($"--count is {images}; it should be between 1 and {MaxCount}");
            }

            var path = parse.GetValue(output) ?? Path.Combine(folder.Path, "generated.png");
            ImageWriter.CheckPlace(path);
            using var models = parts.Load(config, folder);
            ImageWriter.Write(path, RunPictures.Samples(config, models, images, parse.GetValue(seed) ?? config.Seed));
            parse.InvocationConfiguration.Output.WriteLine(path);
            return 0;
        });
        return command;
    }
}
