using Mage.Config;

namespace Mage.Generation;

/// <summary>
/// Makes the hidden part of a canvas anew so that it fits what is around it: inpainting, outpainting, removal of objects. What is not
/// hidden comes back bit for bit.
/// </summary>
/// <remarks>
/// Each token that overlaps a hidden pixel is masked, and MAGE fills it in (arXiv 2211.09117, section 4.3 and appendix). A canvas larger than
/// the model's images is filled by <see cref="EditWindows"/>, always where most is known already.
/// </remarks>
/// <param name="config">Sizes.</param>
/// <param name="models">What generates.</param>
public sealed class ImageEditor(RunConfig config, ITrainedModels models)
{
    /// <summary>Fills what is hidden.</summary>
    /// <param name="canvases">Each at least as high and wide as the model's images; they are filled in place.</param>
    /// <param name="sampling">Steps, order, noise, batch.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="label">The class that the pictures are to have, -1 for none.</param>
    /// <exception cref="ArgumentException">A canvas is too small or has other channels.</exception>
    public void Fill(IReadOnlyList<EditCanvas> canvases, SamplingConfig sampling, int seed, int label = -1)
    {
        var size = config.Data.ImageSize;
        foreach (var canvas in canvases)
        {
            canvas.Check();
            if (canvas.Channels != config.Data.Channels || canvas.Height < size || canvas.Width < size)
            {
                throw new ArgumentException(
                    $"a canvas is {canvas.Channels}x{canvas.Height}x{canvas.Width}; the model takes {config.Data.Channels} " +
                    $"channels and at least {size}x{size}",
                    nameof(canvases));
            }
        }

        var parts = canvases.Select(canvas => (Canvas: canvas, Windows: new EditWindows(canvas, size))).ToArray();
        for (var round = 0; ; round++)
        {
            var next = parts.SelectMany(part => part.Windows.Next(), (part, window) => (part.Canvas, part.Windows, Window: window)).ToArray();
            if (next.Length == 0)
            {
                return;
            }

            var cuts = Array.ConvertAll(next, one => one.Canvas.Cut(one.Window.Top, one.Window.Left, size));
            var tokens = models.Tokenize([.. cuts.SelectMany(cut => Smoothed(cut.Pixels, cut.Hidden))]);
            for (var i = 0; i < cuts.Length; i++)
            {
                foreach (var token in HiddenTokens(cuts[i].Hidden))
                {
                    tokens[(i * config.Tokens) + token] = -1;
                }
            }

            var classes = label < 0 ? null : Enumerable.Repeat(label, next.Length).ToArray();
            var filled = models.Decode(models.Generate(tokens, sampling, new Seed(seed).For(round), classes));
            var values = filled.Length / next.Length;
            for (var i = 0; i < next.Length; i++)
            {
                next[i].Windows.Fill(next[i].Window, filled.AsSpan(i * values, values));
            }
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
