using System.Runtime.CompilerServices;
using Xunit;

namespace Tests.Shared;

/// <summary>Keeps the folders of a project free of circles: they have an order, and each uses only those before it.</summary>
internal static class FolderOrder
{
    /// <summary>Fails if the folders of a project do not keep to their order.</summary>
    /// <param name="source">The project's folder, from the root of the repository, as <c>src/Mage</c>.</param>
    /// <param name="order">
    /// All folders in it, as <c>Training/Pictures</c>; "." is the project's folder itself, and <c>../Shared</c> one that it compiles as well.
    /// </param>
    public static void Check(string source, params string[] order)
    {
        var beside = order.Where(folder => folder.StartsWith("../", StringComparison.Ordinal));
        var breaches = Breaches(SourceFolders.Read(Path.Combine(Root(), source), beside), order);
        Assert.True(breaches.Count == 0, $"folders of {source}:\n{string.Join("\n", breaches)}");
    }

    /// <summary>Where folders do not keep to an order, a line each.</summary>
    public static IReadOnlyList<string> Breaches(SourceFolders folders, IReadOnlyList<string> order)
    {
        var places = order.Index().ToDictionary(folder => folder.Item, folder => folder.Index);
        return
        [
            .. folders.Names.Except(order).Select(name => $"{name} has no place in the order; put it after those that it uses"),
            .. order.Except(folders.Names).Select(name => $"{name} is in the order and has no files; take it out"),
            .. folders.Uses
                .Where(use => places.TryGetValue(use.From, out var user) && places.TryGetValue(use.To, out var used) && used > user)
                .Select(use => Breach(folders, use)),
        ];
    }

    private static string Breach(SourceFolders folders, FolderUse use) => Way(folders, use.To, use.From) is { } back
        ? $"a circle: {string.Join(", and ", back.Prepend(use))}; move what one of them uses into a folder before it"
        : $"{use}, which comes after it; move what it uses, or change the order";

    /// <summary>The shortest way from a folder to another along their uses; null if there is none.</summary>
    private static FolderUse[]? Way(SourceFolders folders, string from, string to)
    {
        var seen = new HashSet<string> { from };
        var ways = new Queue<(string End, FolderUse[] Uses)>([(from, [])]);
        while (ways.TryDequeue(out var way))
        {
            if (way.End == to)
            {
                return way.Uses;
            }

            foreach (var use in folders.Uses.Where(use => use.From == way.End && seen.Add(use.To)))
            {
                ways.Enqueue((use.To, [.. way.Uses, use]));
            }
        }

        return null;
    }

    private static string Root([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", ".."));
}
