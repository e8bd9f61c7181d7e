using System.CommandLine;
using Mage.Cli.Output;
using Mage.Data;
using Mage.Training;

namespace Mage.Cli.Options;

/// <summary>The images that a trained run is measured on.</summary>
internal static class RunImages
{
    /// <summary>Loads those that the line names, or else the run's, and says what they are.</summary>
    /// <param name="parse">The line.</param>
    /// <param name="data">The option that names others.</param>
    /// <param name="run">The run, whose settings then name the images.</param>
    /// <param name="console">Where it is said.</param>
    /// <exception cref="UserErrorException">They cannot be read.</exception>
    public static ImageSet Load(ParseResult parse, Option<string?> data, ChosenRun run, CommandConsole console)
    {
        run.Config.Data.Path = parse.GetValue(data) ?? run.Config.Data.Path;
        var images = ImageSet.Load(run.Config.Data);
        console.Images(images);
        if (parse.GetValue(data) is null && Fingerprints.ChangeOfImages(run.Folder, images) is { } change)
        {
            console.Line($"note: {change}; what is held out now may have been trained on");
        }

        return images;
    }
}
