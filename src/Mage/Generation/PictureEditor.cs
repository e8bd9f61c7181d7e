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
    // Of what is filled window by window: more would take hours, and soon more memory than an array can have.
    private const long MaxPixels = 1 << 24;

    /// <summary>The picture with the hidden part made anew.</summary>
    /// <param name="request">The picture and what is hidden of it.</param>
    /// <param name="sampling">Steps, order, noise.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="label">The class that the picture is to have, -1 for none.</param>
    /// <returns>As many pixels, with the channels of the model.</returns>
    /// <exception cref="UserErrorException">Nothing is hidden, or the picture is too large at the model's scale.</exception>
    public PixelImage Fill(EditRequest request, SamplingConfig sampling, int seed, int label = -1)
    {
        if (!request.Hidden.Contains(true))
        {
            throw new UserErrorException("nothing of the picture is hidden, so there is nothing to make anew");
        }

        var picture = request.Picture.WithChannels(config.Data.Channels);
        var size = config.Data.ImageSize;
        var scale = size / (double)request.Side;
        if (picture.Width * scale * picture.Height * scale > MaxPixels)
        {
            throw new UserErrorException(
                $"the picture of {picture.Width}x{picture.Height} pixels is too long for its {request.Side} that make one image of the model: at the "
                + $"model's scale it has more than {MaxPixels} pixels; extend it by less, or cut it");
        }

        var (width, height) = (Scaled(picture.Width), Scaled(picture.Height));
        var canvas = Canvas(Resampler.Resize(picture, width, height, ResampleFilter.Bicubic), HiddenAt(request, width, height));
        new ImageEditor(config, models).Fill(canvas, sampling, seed, label);
        var made = Resampler.Resize(
            Pixels.ToPicture(canvas.Pixels, canvas.Channels, width, height), picture.Width, picture.Height, ResampleFilter.Bicubic);
        for (var i = 0; i < request.Hidden.Length; i++)
        {
            if (!request.Hidden[i])
            {
                picture.Pixels.AsSpan(i * made.Channels, made.Channels).CopyTo(made.Pixels.AsSpan(i * made.Channels));
            }
        }

        return made;

        int Scaled(int length) => Math.Max(size, (int)Math.Round(length * scale));
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
