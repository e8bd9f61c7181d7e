using Mage.Config;
using Mage.Data;
using Mage.Images;

namespace Mage.Generation;

/// <summary>
/// Edits pictures of any size: they are brought to the scale of the model's images, filled there, and what was made is laid over the picture
/// at its own size. Pixels that were not hidden keep their bytes.
/// </summary>
/// <param name="config">Sizes.</param>
/// <param name="models">What generates.</param>
public sealed class PictureEditor(RunConfig config, ITrainedModels models)
{
    // Of what is filled window by window; more would take hours, or more memory than there is.
    private const int MaxImages = 1024;
    private const int MaxPixels = 1 << 24;

    /// <summary>The picture with the hidden part made anew.</summary>
    /// <param name="request">The picture and what is hidden of it.</param>
    /// <param name="sampling">Steps, order, noise.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="label">The class that the picture is to have, -1 for none.</param>
    /// <returns>As many pixels, with the channels of the model.</returns>
    /// <exception cref="UserErrorException">Nothing is hidden, or the picture is too large at the model's scale.</exception>
    public PixelImage Fill(EditRequest request, SamplingConfig sampling, int seed, int label = -1)
        => Fill(request, 1, sampling, seed, label).Single();

    /// <summary>The same more than once, each of another draw; as many at a time as together make a batch of the sampling.</summary>
    /// <param name="request">The picture and what is hidden of it.</param>
    /// <param name="count">How many.</param>
    /// <param name="sampling">Steps, order, noise, batch.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="label">The class that the pictures are to have, -1 for none.</param>
    /// <returns>Each as soon as it is made.</returns>
    /// <exception cref="UserErrorException">Nothing is hidden, or the picture is too large at the model's scale.</exception>
    public IEnumerable<PixelImage> Fill(EditRequest request, int count, SamplingConfig sampling, int seed, int label = -1)
    {
        if (!request.Hidden.Contains(true))
        {
            throw new UserErrorException("nothing of the picture is hidden, so there is nothing to make anew");
        }

        var picture = request.Picture.WithChannels(config.Data.Channels);
        var size = config.Data.ImageSize;
        var scale = size / (double)request.Side;
        var most = Math.Min(MaxPixels, (double)MaxImages * size * size);
        if (picture.Width * scale * picture.Height * scale > most)
        {
            throw new UserErrorException(
                $"the picture of {picture.Width}x{picture.Height} pixels, of which {request.Side} are one side of the model's images, is too large: "
                + $"at their scale it has more than {most} pixels; extend it by less, or cut it");
        }

        var (width, height) = (Scaled(picture.Width), Scaled(picture.Height));
        var canvas = Canvas(Resampler.Resize(picture, width, height, ResampleFilter.Bicubic), HiddenAt(request, width, height));
        var together = (int)Math.Clamp((long)sampling.Batch * size * size / (width * height), 1, count);
        for (var first = 0; first < count; first += together)
        {
            EditCanvas[] filled = [.. Enumerable.Range(0, Math.Min(together, count - first)).Select(_ => canvas.Copy())];
            new ImageEditor(config, models).Fill(filled, sampling, new Seed(seed).For(first), label);
            foreach (var one in filled)
            {
                yield return Laid(request, picture, one);
            }
        }

        int Scaled(int length) => Math.Max(size, (int)Math.Round(length * scale));
    }

    /// <summary>What was made, at the picture's own size, and the picture where it was not hidden.</summary>
    private static PixelImage Laid(EditRequest request, PixelImage picture, EditCanvas filled)
    {
        var made = Resampler.Resize(
            Pixels.ToPicture(filled.Pixels, filled.Channels, filled.Width, filled.Height), picture.Width, picture.Height, ResampleFilter.Bicubic);
        for (var i = 0; i < request.Hidden.Length; i++)
        {
            if (!request.Hidden[i])
            {
                picture.Pixels.AsSpan(i * made.Channels, made.Channels).CopyTo(made.Pixels.AsSpan(i * made.Channels));
            }
        }

        return made;
    }

    private static EditCanvas Canvas(PixelImage picture, bool[] hidden)
        => new(picture.Channels, picture.Height, picture.Width, Pixels.FromPicture(picture), hidden);

    /// <summary>At another size a pixel is hidden if anything below it is.</summary>
    private static bool[] HiddenAt(EditRequest request, int width, int height)
    {
        var (from, hidden) = (request.Picture, new bool[width * height]);
        for (var i = 0; i < request.Hidden.Length; i++)
        {
            if (!request.Hidden[i])
            {
                continue;
            }

            var (x, y) = (i % from.Width, i / from.Width);
            var (left, top) = (Before(x, width, from.Width), Before(y, height, from.Height));
            var (right, bottom) = (-Before(-x - 1, width, from.Width), -Before(-y - 1, height, from.Height));
            for (var row = top; row < bottom; row++)
            {
                hidden.AsSpan((row * width) + left, right - left).Fill(true);
            }
        }

        return hidden;

        // Rounded down, also below zero.
        static int Before(int place, int to, int size) => (int)Math.Floor(place * (double)to / size);
    }
}
