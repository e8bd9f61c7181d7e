namespace Mage.Training;

/// <summary>
/// The names of a run's classes, in <c>classes.txt</c>, a line each: images of a class are asked for by them, without the training images.
/// </summary>
public static class ClassNames
{
    /// <summary>Notes the names that a run begins with.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public static void Write(RunFolder folder, IReadOnlyList<string> names)
        => AtomicFile.WriteText(folder.Classes, string.Concat(names.Select(name => name.ReplaceLineEndings(" ") + "\n")));

    /// <summary>The names of a run's classes.</summary>
    /// <exception cref="UserErrorException">The file cannot be read.</exception>
    public static string[] Read(RunFolder folder)
    {
        try
        {
            return File.ReadAllLines(folder.Classes) is { Length: > 0 } names ? names : throw new IOException("it is empty");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"cannot read the names of the classes, '{folder.Classes}': {e.Message}", e);
        }
    }

    /// <summary>The class that somebody means: by its name, in whatever case, or by its number, from 0.</summary>
    /// <param name="names">Names of the classes.</param>
    /// <param name="word">What was written.</param>
    /// <exception cref="UserErrorException">There is no such class.</exception>
    public static int Find(IReadOnlyList<string> names, string word)
    {
        var byName = names.Index().Where(name => string.Equals(name.Item, word, StringComparison.OrdinalIgnoreCase))
            .Select(name => name.Index).ToArray();
        if (byName is [var only])
        {
            return only;
        }

        return int.TryParse(word, System.Globalization.CultureInfo.InvariantCulture, out var number) && number >= 0 && number < names.Count
            ? number
            : throw new UserErrorException(
                $"there is no class '{word}'; "
                + $"there are {string.Join(", ", names.Take(20).Select((name, i) => name == $"{i}" ? name : $"{i} {name}"))}"
                + (names.Count > 20 ? $", … ({names.Count})" : ""));
    }
}
