using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Mage.Cli.Kernels;
using Mage.Training;
using MageDsl.Devices;

namespace Mage.Cli;

/// <summary>The command line: its commands, and how errors end.</summary>
internal static class CommandTree
{
    /// <summary>Exit code of a user's error.</summary>
    public const int UserError = 2;

    /// <summary>Exit code after Ctrl-C.</summary>
    public const int Stopped = 130;

    /// <summary>Runs a command line on the console; the parameters are those of the other overload.</summary>
    public static int Run(string[] args, IRunParts parts) => Run(args, parts, Console.Out, Console.Error);

    /// <summary>Runs a command line.</summary>
    /// <param name="args">What follows the program's name.</param>
    /// <param name="parts">What makes and loads the models.</param>
    /// <param name="output">Results.</param>
    /// <param name="error">One line for a user's error.</param>
    /// <returns>0, <see cref="CheckpointCommand.Different"/>, <see cref="UserError"/> or <see cref="Stopped"/>.</returns>
    public static int Run(string[] args, IRunParts parts, TextWriter output, TextWriter error)
    {
        var result = Create(args, parts).Parse(args.Length == 0 ? ["--help"] : args);
        try
        {
            if ((result.Errors.Count > 0 || Misspelt(result) is not null) && result.Action is not ExampleHelp)
            {
                throw new UserErrorException($"{Describe(result)} (see mage-dsl {result.CommandResult.Path()}--help)");
            }

            if (result.Tokens.Any(token => token.Value.Length == 0))
            {
                throw new UserErrorException("a word of the command line is empty, as a variable that is not set leaves it");
            }

            // The commands that take long handle Ctrl-C themselves: they write a checkpoint first.
            return result.Invoke(new InvocationConfiguration
            {
                Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null,
            });
        }
        catch (Exception e)
            when (e is UserErrorException or DeviceException or PlatformNotSupportedException or IOException or UnauthorizedAccessException)
        {
            // The third is a MAGEDSL_SIMD that this machine cannot follow, the last are what the file system refuses.
            error.WriteLine($"mage-dsl: {e.Message.ReplaceLineEndings(" ")}");
            return UserError;
        }
        catch (Exception e) when (IsTooLarge(e))
        {
            error.WriteLine("mage-dsl: the memory does not suffice; smaller images, batches or models, or a smaller --count need less");
            return UserError;
        }
        catch (OperationCanceledException e)
        {
            error.WriteLine($"mage-dsl: {e.Message}");
            return Stopped;
        }
    }

    /// <summary>Whether memory did not suffice, also on another thread, or a size is more than an array can have.</summary>
    private static bool IsTooLarge(Exception e)
        => e is OutOfMemoryException or OverflowException || (e is AggregateException all && all.InnerExceptions.All(IsTooLarge));

    /// <summary>
    /// All commands; with their options only those that the line can mean, because options are what takes time to make, and
    /// somebody who asks for help waits.
    /// </summary>
    private static RootCommand Create(string[] args, IRunParts parts)
    {
        (string Name, string Description, Func<Command> Create)[] commands =
        [
            ("train", "Train a tokenizer and MAGE on images, and leave weights, pictures and numbers in a run folder.",
                () => TrainCommand.Create(parts)),
            ("tokenize", "Write the tokens of a data set to a file, from which training reads them.", () => TokenizeCommand.Create(parts)),
            ("generate", "Generate images with a trained run, as one picture with eight in a row.", () => GenerateCommand.Create(parts)),
            ("edit", "Make a part of a picture anew: inpaint, outpaint, uncrop, remove things, change the class.", () => EditCommand.Create(parts)),
            ("reconstruct", "Show images beside what a trained run's tokens keep of them, with the error of each.",
                () => ReconstructCommand.Create(parts)),
            ("probe", "Measure a trained run on held-out images: reconstruction, masked tokens, linear probe and nearest neighbours.",
                () => ProbeCommand.Create(parts)),
            ("evaluate", "Measure generated images: Fréchet distance, and how often a classifier takes them for what they should be.",
                () => EvaluateCommand.Create(parts)),
            ("checkpoint", "Look into files of weights, convert and compare them: .safetensors, and the official .pth and .ckpt.",
                CheckpointCommand.Create),
            ("import", "Make a run folder out of official weights, so that it can be generated from and probed.", ImportCommand.Create),
            ("export", "Make a small run folder of a trained run, to pass on: settings, classes and weights, and no more.", ExportCommand.Create),
            ("kernels", "List every compiled kernel with its stages; show one of them.", KernelsCommand.Create),
            ("devices", "List the devices that were looked for, and what was found of each.", DevicesCommand.Create),
        ];
        var root = new RootCommand("Trains MAGE, a masked generative encoder, on your images; generates images and measures features with it.");
        foreach (var (name, description, create) in commands)
        {
            // A response file may hold any of them.
            var command = args.Any(word => word == name || word.StartsWith('@')) ? create() : new Command(name);
            command.Description = description;
            root.Add(command);
        }

        foreach (var help in root.Options.OfType<HelpOption>())
        {
            help.Action = new ExampleHelp((HelpAction)help.Action!);
        }

        return root;
    }

    /// <summary>The error that says most: a word nobody knows rather than the command that is missing because of it.</summary>
    private static string Describe(ParseResult result)
    {
        var message = (Misspelt(result) ?? result.UnmatchedTokens.FirstOrDefault()) is { } unknown
            ? $"'{unknown}' is no command or option here"
            : result.Errors[0].Message;
        var type = message.IndexOf(" as expected type", StringComparison.Ordinal);
        return (type < 0 ? message : message[..type]).TrimEnd('.');
    }

    /// <summary>A word that looks like an option and was taken for the argument of a command; null if there is none.</summary>
    private static string? Misspelt(ParseResult result) => result.CommandResult.Children.OfType<ArgumentResult>()
        .SelectMany(argument => argument.Tokens)
        .FirstOrDefault(token => token.Value.StartsWith("--", StringComparison.Ordinal))?.Value;

    internal static string Path(this CommandResult result) =>
        result.Command is RootCommand ? "" : result.Parent is CommandResult parent
            ? $"{parent.Path()}{result.Command.Name} " : $"{result.Command.Name} ";
}
