namespace Mage.Data;

/// <summary>What lies in a data folder and is not read: counted by kind, and said in one line.</summary>
internal sealed class PassedOver
{
    private readonly SortedDictionary<string, int> counts = new(StringComparer.Ordinal);

    /// <summary>Counts a file by the end of its name.</summary>
    public void AddFile(string path, string where = "")
    {
        var name = Path.GetFileName(path);
        var end = Path.GetExtension(name).ToLowerInvariant();
        Add(name.StartsWith('.') ? "hidden file" : end.Length == 0 ? $"file without an ending{where}" : $"{end} file{where}");
    }

    /// <summary>Counts a folder.</summary>
    public void AddFolder(string path, string where) => Add(Path.GetFileName(path).StartsWith('.') ? "hidden folder" : $"folder{where}");

    /// <summary>Counts what another has counted.</summary>
    public void Add(PassedOver other)
    {
        foreach (var (kind, count) in other.counts)
        {
            Add(kind, count);
        }
    }

    /// <summary>As "2 .jpg files, 1 hidden folder"; null if there is nothing.</summary>
    public string? Describe() => counts.Count == 0 ? null : string.Join(", ", counts.Select(pair => $"{pair.Value} {Plural(pair.Key, pair.Value)}"));

    private void Add(string kind, int count = 1) => counts[kind] = counts.GetValueOrDefault(kind) + count;

    private static string Plural(string kind, int count)
    {
        var word = kind.Contains("folder", StringComparison.Ordinal) && !kind.Contains("file", StringComparison.Ordinal) ? "folder" : "file";
        var at = kind.IndexOf(word, StringComparison.Ordinal) + word.Length;
        return count == 1 ? kind : $"{kind[..at]}s{kind[at..]}";
    }
}
