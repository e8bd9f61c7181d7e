using System.CommandLine;

namespace Mage.Cli.Options;

/// <summary><c>--data</c>: which images.</summary>
internal static class DataOption
{
    private const string Kinds = "a folder of pictures, with a folder for each class or none, of IDX files, or of the binary CIFAR-10";

    /// <summary>The option of a command that begins a run.</summary>
    public static Option<string?> Create() => new("--data")
    {
        Description = $"The images: {Kinds} [default: the sample of Fashion-MNIST]", HelpName = "PATH",
    };

    /// <summary>The option of a command that works on a run, which has images of its own.</summary>
    public static Option<string?> CreateForRun() => new("--data") { Description = $"Other images than the run's: {Kinds}", HelpName = "PATH" };
}
