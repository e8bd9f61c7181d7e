using Mage.Config;
using Mage.Data;
using Mage.Generation;
using Mage.Images;
using Mage.Training.Pictures;
using Mage.Training.Progress;

namespace Mage.Training;

/// <summary>Draws the pictures of a run folder.</summary>
public static class RunPictures
{
    private const int Columns = 8;
    private const float Grey = 0.5f;

    /// <summary>The curves of metrics.csv, a panel for each stage that it has.</summary>
    public static void DrawLossCurve(RunFolder folder)
    {
        var rows = MetricsLog.Read(folder.Metrics);
        ChartSeries Series(string stage, string name, Func<StepReport, double?> value) =>
            new(name,
            [
                .. rows.Where(row => row.Stage == stage && value(row.Report) is not null).Select(row => ((double)row.Step, value(row.Report)!.Value)),
            ]);
        ChartPanel[] panels =
        [
            new ChartPanel("Tokenizer", "step", WithPoints(
                Series("tokenizer", "loss", report => report.Loss), Series("tokenizer", "reconstruction", report => report.Reconstruction))),
            new ChartPanel("MAGE", "step", WithPoints(Series("mage", "loss", report => report.Loss))),
            new ChartPanel("Classifier", "step", WithPoints(Series("classifier", "loss", report => report.Loss))),
        ];
        var chart = LineChart.Draw([.. panels.Where(panel => panel.Series.Count > 0)]);
        ImageWriter.Write(folder.LossCurve, chart);
    }

    /// <summary>Samples, a class a row if there are classes; reconstructions and inpainting of up to four rows of held-out images.</summary>
    /// <returns>Why there are none of the latter, in one line; null if there are.</returns>
    public static string? Draw(RunConfig config, ImageSet images, ITrainedModels models, RunFolder folder)
    {
        ImageWriter.Write(folder.Samples, Grid(config, DrawSamples(config, images.ClassNames.Count, models)));
        if (DrawReconstructions(config, images, models, folder) is not { } shown)
        {
            return "no image is held out, so there are no reconstructions and no inpainting to draw";
        }

        ImageWriter.Write(folder.Inpainting, Inpaint(config, shown.Originals, shown.Codes, models));
        return null;
    }

    /// <summary>Reconstructions of up to four rows of held-out images.</summary>
    /// <returns>The images and their codes; null if none is held out.</returns>
    public static (float[] Originals, int[] Codes)? DrawReconstructions(
        RunConfig config, ImageSet images, ITrainedTokenizer tokenizer, RunFolder folder)
    {
        var count = Math.Min(images.HeldOut.Count, 4 * Columns);
        if (count == 0)
        {
            return null;
        }

        var originals = images.HeldOut.ToFloats(0, count);
        var codes = tokenizer.Tokenize(originals);
        ImageWriter.Write(folder.Reconstructions, Grid(config, originals, tokenizer.Decode(codes)));
        return (originals, codes);
    }

    /// <summary>Images for a square grid, a class a row if the model has classes.</summary>
    /// <returns>[64, C, H, W].</returns>
    public static float[] DrawSamples(RunConfig config, int classes, ITrainedModels models)
    {
        var rows = config.Mage.ClassConditional ? Enumerable.Range(0, Columns * Columns).Select(i => i / Columns % classes) : null;
        return new ImageGenerator(config, models).Generate(Columns * Columns, config.Sampling, config.Seed, rows?.ToArray());
    }

    /// <summary>A grid of images, eight in a row; of several groups the first row of each, then the second of each, and so on.</summary>
    /// <param name="config">Sizes.</param>
    /// <param name="groups">[N, C, H, W] each, equally many.</param>
    public static PixelImage Grid(RunConfig config, params float[][] groups)
    {
        var values = config.Data.Channels * config.Data.ImageSize * config.Data.ImageSize;
        var columns = Math.Min(Columns, groups[0].Length / values);
        return ImageGrid.Draw(ImageGrid.Interleave(columns, values, groups), config.Data.Channels, config.Data.ImageSize, columns);
    }

    /// <summary>
    /// Rows of originals, of the same with a part greyed out, and of what MAGE makes of it: in half of the images the
    /// middle is hidden, in the other half the lower half.
    /// </summary>
    private static PixelImage Inpaint(RunConfig config, float[] originals, int[] codes, ITrainedModels models)
    {
        var (grid, block, size, channels) = (config.Grid, config.Tokenizer.DownSampling, config.Data.ImageSize, config.Data.Channels);
        var start = codes.ToArray();
        var masked = originals.ToArray();
        for (var i = 0; i < start.Length; i++)
        {
            var (image, token) = (i / config.Tokens, i % config.Tokens);
            if (!IsHidden(image, token / grid, token % grid, grid))
            {
                continue;
            }

            start[i] = -1;
            for (var c = 0; c < channels; c++)
            {
                for (var y = 0; y < block; y++)
                {
                    var row = (((((image * channels) + c) * size) + (token / grid * block) + y) * size) + (token % grid * block);
                    masked.AsSpan(row, block).Fill(Grey);
                }
            }
        }

        var completed = models.Decode(models.Generate(start, config.Sampling, config.Seed));
        return Grid(config, originals, masked, completed);
    }

    private static bool IsHidden(int image, int row, int column, int grid) => image % 2 == 0
        ? row >= grid / 4 && row < grid - (grid / 4) && column >= grid / 4 && column < grid - (grid / 4)
        : row >= grid / 2;

    private static IReadOnlyList<ChartSeries> WithPoints(params ChartSeries[] series) => [.. series.Where(one => one.Points.Count > 0)];
}
