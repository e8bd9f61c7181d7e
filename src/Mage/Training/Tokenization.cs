using Mage.Config;
using Mage.Data;
using Mage.Generation;

namespace Mage.Training;

/// <summary>Makes files of tokens, and takes them for what they were made of.</summary>
public static class Tokenization
{
    /// <summary>Tokenizes the training images of a set into a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="config">The tokenizer's run, with the crops and mirroring that are wanted.</param>
    /// <param name="images">The images.</param>
    /// <param name="tokenizer">What makes the tokens.</param>
    /// <param name="views">Views of each image; more than one differ by crops, mirroring, or both.</param>
    /// <param name="report">Called with the number of images that are done.</param>
    /// <param name="stop">When set, nothing is written.</param>
    /// <exception cref="UserErrorException">The file cannot be written, or views would not differ.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static void Write(
        string path, RunConfig config, ImageSet images, ITrainedTokenizer tokenizer, int views, Action<int> report, CancellationToken stop)
    {
        var (part, crop, flip) = (images.Train, config.Data.Crop, config.Data.Flip);
        if (views > 1 && crop == CropKind.None && !(flip && views == 2))
        {
            throw new UserErrorException(
                $"{views} views of an image need crops to differ by (--crop weak or strong), or are two, one of them mirrored (--flip)");
        }

        if (config.Tokenizer.CodebookSize > TokenFile.MaxCodes)
        {
            throw new UserErrorException(
                $"the tokenizer has {config.Tokenizer.CodebookSize} codes; a file of tokens holds at most {TokenFile.MaxCodes}");
        }

        var head = new TokenFileHead(
            part.Count, views, config.Tokens, config.Tokenizer.CodebookSize, tokenizer.Fingerprint, Fingerprints.Of(images));
        TokenFile.Write(path, head, Parts());

        IEnumerable<int[]> Parts()
        {
            var maker = new ViewMaker(part, crop, flip);
            var all = (long)part.Count * views;
            for (var first = 0L; first < all; first += config.Evaluation.Batch)
            {
                stop.ThrowIfCancellationRequested();
                var count = (int)Math.Min(config.Evaluation.Batch, all - first);
                var start = first;
                yield return tokenizer.Tokenize(part.Make(count, (i, target) =>
                {
                    var (image, view) = ((int)((start + i) / views), (int)((start + i) % views));
                    if (crop == CropKind.None)
                    {
                        part.CopyTo(image, target, mirror: view == 1);
                    }
                    else
                    {
                        maker.Make(image, config.KeyOf(Draw.ViewsForFile).For(image).For(view), target);
                    }
                }));
                report((int)((first + count) / views));
            }
        }
    }

    /// <summary>Opens a file of tokens for a run.</summary>
    /// <param name="path">The file.</param>
    /// <param name="config">The run.</param>
    /// <param name="images">Its images.</param>
    /// <param name="tokenizer">Checksum of its tokenizer.</param>
    /// <exception cref="UserErrorException">It cannot be read, or was made of other images, or with another tokenizer.</exception>
    internal static TokenFile Open(string path, RunConfig config, ImageSet images, string tokenizer)
    {
        var file = TokenFile.Open(path);
        var wrong = file.Head.Tokenizer != tokenizer ? "were made with another tokenizer than the run's"
            : file.Head.Source != Fingerprints.Of(images) ? $"were made of other images than those in '{images.Source}'"
            : (file.Head.Images, file.Head.Tokens, file.Head.Codes) != (images.Train.Count, config.Tokens, config.Tokenizer.CodebookSize)
                ? "are of other sizes than the run's"
            : config.Mage.Contrast.Kind == ContrastKind.Views && file.Head.Views < 2
                ? "have one view of an image, and mage.contrast.kind=views needs two"
            : null;
        if (wrong is null)
        {
            return file;
        }

        file.Dispose();
        throw new UserErrorException($"the tokens in '{path}' {wrong}; make them anew with mage-dsl tokenize");
    }
}
