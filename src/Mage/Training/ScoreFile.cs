using System.Globalization;
using Mage.Config;

namespace Mage.Training;

/// <summary>
/// A CSV file with the scores of images, which is written whole after every one, so that what was measured stays, and is not measured again.
/// </summary>
public sealed class ScoreFile
{
    private const string Header =
        "of,images,count,seed,order,steps,guidance,guidance_schedule,temperature,schedule,token_temperature,top_k,top_p,frechet,recognised";
    private const int Results = 2;

    private readonly string path;
    private readonly string of;
    private readonly List<string> lines;

    private ScoreFile(string path, string of, List<string> lines) => (this.path, this.of, this.lines) = (path, of, lines);

    /// <summary>Opens a file, or begins one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="of">Checksum of what the scores depend on besides: weights, classifier, images. Scores with another one are left alone.</param>
    /// <exception cref="UserErrorException">It cannot be read, or is no such file.</exception>
    public static ScoreFile Open(string path, string of)
    {
        try
        {
            List<string> lines = File.Exists(path) ? [.. File.ReadAllLines(path)] : [Header];
            return lines is [Header, ..] && lines.All(line => line.Split(',').Length == Header.Split(',').Length)
                ? new ScoreFile(path, of, lines)
                : throw new UserErrorException($"'{path}' is no file of scores of this version; name another with --out");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"cannot read '{path}': {e.Message}", e);
        }
    }

    /// <summary>The score of images, if it is there.</summary>
    public ImageScore? Find(JudgedImages images)
    {
        var key = Key(images);
        return lines.FindLast(line => line.StartsWith(key, StringComparison.Ordinal)) is { } line
            && line.Split(',')[^Results..] is [var frechet, var right]
            ? new ImageScore(Number(frechet), Number(right))
            : null;
    }

    /// <summary>Adds the score of images.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public void Add(JudgedImages images, ImageScore score)
    {
        lines.Add(Key(images) + Text(score.Frechet) + "," + Text(score.Recognised));
        AtomicFile.WriteText(path, string.Join('\n', lines) + "\n");
    }

    private string Key(JudgedImages images)
    {
        object?[] sampling = images.Sampling is { } used
            ?
            [
                Words.Of(used.Order), used.Iterations, used.Guidance, Words.Of(used.GuidanceSchedule), used.Temperature, Words.Of(used.Schedule),
                used.TokenTemperature, used.TopK, used.TopP,
            ]
            : [.. Enumerable.Repeat<object?>(null, 9)];
        return string.Concat(((object?[])[of, Words.Of(images.Kind), images.Count, images.Seed, .. sampling]).Select(cell => Text(cell) + ","));
    }

    private static string Text(object? cell) => System.Convert.ToString(cell, CultureInfo.InvariantCulture) ?? "";

    private static double? Number(string cell)
        => double.TryParse(cell, CultureInfo.InvariantCulture, out var number) ? number : null;
}
