using System.CommandLine;
using Mage.Cli.Output;
using Mage.Training;

namespace Mage.Cli;

/// <summary><c>mage-dsl import</c>.</summary>
internal static class ImportCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var file = new Argument<string?>("file") { Description = "Weights of MAGE: .pth or .safetensors", HelpName = "FILE" };
        var tokenizer = new Option<string?>("--tokenizer")
        {
            Description = "Weights of its tokenizer, .ckpt or .safetensors [default: those in FILE]", HelpName = "FILE",
        };
        var output = new Option<string?>("--out") { Description = "The run folder, new or empty", HelpName = "FOLDER", Required = true };
        var heads = new Option<int?>("--heads")
        {
            Description = "Attention heads of the encoder [default: those of the preset with its sizes]", HelpName = "N",
        };
        var decoderHeads = new Option<int?>("--decoder-heads") { Description = "The same of the decoder", HelpName = "N" };
        var command = new Command("import") { file, tokenizer, output, heads, decoderHeads };
        command.SetAction(parse =>
        {
            var (folder, config, notes) = RunImport.Make(
                parse.GetValue(file)!, parse.GetValue(tokenizer), parse.GetValue(output)!, (parse.GetValue(heads), parse.GetValue(decoderHeads)));
            var console = new CommandConsole(parse.InvocationConfiguration.Output);
            foreach (var note in notes)
            {
                console.Line($"note: {note}");
            }

            var (mage, size) = (config.Mage, config.Data.ImageSize);
            console.Line(
                $"run folder {folder.Path}: {size}x{size} pixels, {config.Tokens} tokens of {config.Tokenizer.CodebookSize} codes, " +
                $"{mage.Depth} blocks of {mage.EmbedDim} channels and {mage.DecoderDepth} of {mage.DecoderEmbedDim}");
            return 0;
        });
        return command;
    }
}
