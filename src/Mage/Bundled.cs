namespace Mage;

/// <summary>What comes with the repository, and with the packed command: images to train on, and weights that are trained.</summary>
public static class Bundled
{
    /// <summary>Looks for a file or a folder from the current folder upwards, then from the program's folder upwards.</summary>
    /// <param name="place">Its place in the repository.</param>
    /// <returns>Its path; null if it is in none of them.</returns>
    public static string? Find(string place) => FindFrom(Directory.GetCurrentDirectory(), place) ?? FindFrom(AppContext.BaseDirectory, place);

    /// <summary>The path of what is in <paramref name="folder"/>, or in the nearest folder above that has it; else null.</summary>
    public static string? FindFrom(string folder, string place)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            var path = Path.Combine(at.FullName, place);
            if (Path.Exists(path))
            {
                return path;
            }
        }

        return null;
    }
}
