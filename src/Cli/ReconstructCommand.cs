using System.CommandLine;
using System.Globalization;
using Mage.Cli.Options;
using Mage.Cli.Output;
using Mage.Config;
using Mage.Data;
using Mage.Evaluation;
using Mage.Images;
using Mage.Training;

namespace Mage.Cli;

/// <summary><c>mage-dsl reconstruct</c>.</summary>
internal static class ReconstructCommand
{
    /// <summary>The command.</summary>
    /// <param name="parts">What loads the models.</param>
    public static Command Create(IRunParts parts)
    {
        var paths = new Argument<string[]>("images")
        {
            Description = $"Pictures; a run folder may stand before them {RunArgument.Default}", Arity = ArgumentArity.OneOrMore,
            HelpName = "[RUN] IMAGES",
        };
        var output = new Option<string?>("--out")
        {
            Description = "The picture to write, .png, .jpg or .webp [default: reconstructed.png in the run folder]", HelpName = "FILE",
        };
        var device = DeviceOption.Create();
        var precision = DeviceOption.CreatePrecision();
        var command = new Command("reconstruct")
        {
            paths, output, device, precision,
        };
        command.SetAction(parse =>
        {
            DeviceOption.Apply(parse, device, precision);
            var (run, images) = Split(parse.GetValue(paths)!);
            var from = RunArgument.Open(parse, run, TrainedParts.Tokenizer);
            var (folder, config) = from;
            var path = parse.GetValue(output) ?? from.Place("reconstructed.png");
            ImageWriter.CheckPlace(path);
            var originals = Read(images, config.Data);
            using var tokenizer = parts.LoadTokenizer(config, folder);
            var reconstructions = tokenizer.Decode(tokenizer.Tokenize(originals));
            var values = originals.Length / images.Length;
            ImageWriter.Write(path, RunPictures.Grid(config, originals, reconstructions));
            new CommandConsole(parse.InvocationConfiguration.Output).Table(
                $"Reconstructions from {config.Tokens} tokens of {config.Data.ImageSize}x{config.Data.ImageSize} pixels",
                [["image", "PSNR"], .. images.Select((image, i) => (string[])[image, Psnr(originals, reconstructions, i * values, values)])]);
            parse.InvocationConfiguration.Output.WriteLine(path);
            return 0;
        });
        return command;
    }

    /// <summary>A folder before the images is the run.</summary>
    private static (string? Run, string[] Images) Split(string[] paths)
        => !Directory.Exists(paths[0]) ? (null, paths)
            : paths.Length > 1 ? (paths[0], paths[1..])
            : throw new UserErrorException($"which images of the run '{paths[0]}'? name pictures after it");

    private static float[] Read(string[] paths, DataConfig config)
    {
        ImagePacker.RequireMemory(paths.Length, config, paths[0]);
        var images = Array.ConvertAll(paths, path => ImagePacker.Pack(ImageReader.Read(path), config).Planes);
        return new ImagePart(config.Channels, config.ImageSize, images, new int[paths.Length]).ToFloats(0, paths.Length);
    }

    private static string Psnr(float[] originals, float[] reconstructions, int start, int values) => string.Create(
        CultureInfo.InvariantCulture, $"{Metrics.Psnr(originals.AsSpan(start, values), reconstructions.AsSpan(start, values), values):0.00} dB");
}
