namespace Mage.Data;

/// <summary>Names of labels from a file with one a line, as data sets carry them along.</summary>
internal static class LabelNames
{
    /// <summary>A name for each label: a label that the file does not name, or all if there is no file, is called by its number.</summary>
    /// <param name="path">The file.</param>
    /// <param name="count">Labels.</param>
    /// <exception cref="UserErrorException">The file cannot be read.</exception>
    public static string[] Read(string path, int count)
    {
        try
        {
            var named = File.Exists(path) ? File.ReadAllLines(path) : [];
            return [.. Enumerable.Range(0, count).Select(i => i < named.Length && named[i].Trim() is { Length: > 0 } name ? name : $"{i}")];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"cannot read '{path}': {e.Message}", e);
        }
    }
}
