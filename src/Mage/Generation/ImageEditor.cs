using Mage.Config;

namespace Mage.Generation;

/// <summary>
/// Makes the hidden part of a canvas anew so that it fits what is around it: inpainting, outpainting, removal of objects. What is not
/// hidden comes back bit for bit.
/// </summary>
/// <remarks>
/// Each token that overlaps a hidden pixel is masked, and MAGE fills it in (arXiv 2211.09117, section 4.3 and appendix). A canvas larger than
/// the model's images is filled window by window, each next one where most is known already.
/// </remarks>
/// <param name="config">Sizes.</param>
/// <param name="models">What generates.</param>
public sealed class ImageEditor(RunConfig config, ITrainedModels models)
{
    // Windows lie at multiples of this share of their size, so neighbours share enough to go on from.
    private const int StepsPerWindow = 4;

    /// <summary>Fills what is hidden.</summary>
    /// <param name="canvas">At least as high and wide as the model's images; it is filled in place.</param>
    /// <param name="sampling">Steps, order, noise.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="label">The class that the picture is to have, -1 for none.</param>
    /// <exception cref="ArgumentException">The canvas is too small or has other channels.</exception>
    public void Fill(EditCanvas canvas, SamplingConfig sampling, int seed, int label = -1)
    {
        canvas.Check();
        var size = config.Data.ImageSize;
        if (canvas.Channels != config.Data.Channels || canvas.Height < size || canvas.Width < size)
        {
            throw new ArgumentException(
                $"the canvas is {canvas.Channels}x{canvas.Height}x{canvas.Width}; the model takes {config.Data.Channels} " +
                $"channels and at least {size}x{size}",
                nameof(canvas));
        }

        for (var number = 0; Next(canvas) is { } place; number++)
        {
            var (pixels, hidden) = canvas.Cut(place.Top, place.Left, size);
            var tokens = models.Tokenize(Smoothed(pixels, hidden));
            foreach (var token in HiddenTokens(hidden))
            {
                tokens[token] = -1;
            }

            var filled = models.Decode(models.Generate(tokens, sampling, new Seed(seed).For(number), label < 0 ? null : [label]));
            canvas.Fill(place.Top, place.Left, size, filled);
        }
    }

    /// <summary>The window to fill next: of those with something hidden the one with the least; null if nothing is hidden.</summary>
    private (int Top, int Left)? Next(EditCanvas canvas)
    {
        var size = config.Data.ImageSize;
        return Places(canvas.Height).SelectMany(_ => Places(canvas.Width), (top, left) => (Top: top, Left: left))
            .Select(place => (place, Hidden: canvas.CountHidden(place.Top, place.Left, size)))
            .Where(window => window.Hidden > 0)
            .OrderBy(window => window.Hidden)
            .Select(window => ((int, int)?)window.place)
            .FirstOrDefault();

        IEnumerable<int> Places(int length)
        {
            var step = Math.Max(1, size / StepsPerWindow);
            for (var place = 0; place < length - size; place += step)
            {
                yield return place;
            }

            yield return length - size;
        }
    }

    private IEnumerable<int> HiddenTokens(bool[] hidden)
    {
        var (size, block) = (config.Data.ImageSize, config.Tokenizer.DownSampling);
        return Enumerable.Range(0, hidden.Length).Where(i => hidden[i]).Select(i => (i / size / block * config.Grid) + (i % size / block)).Distinct();
    }

    /// <summary>Hidden pixels made the mean of the others: the encoder sees them too, a little way around their tokens.</summary>
    private static float[] Smoothed(float[] pixels, bool[] hidden)
    {
        var shown = hidden.AsSpan().Count(false);
        for (var c = 0; c < pixels.Length / hidden.Length; c++)
        {
            var channel = pixels.AsSpan(c * hidden.Length, hidden.Length);
            var sum = 0.0;
            for (var i = 0; i < hidden.Length; i++)
            {
                sum += hidden[i] ? 0 : channel[i];
            }

            for (var i = 0; i < hidden.Length; i++)
            {
                channel[i] = hidden[i] ? (float)(shown == 0 ? 0.5 : sum / shown) : channel[i];
            }
        }

        return pixels;
    }
}
