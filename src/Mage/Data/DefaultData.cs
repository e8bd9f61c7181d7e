namespace Mage.Data;

/// <summary>The sample of Fashion-MNIST that comes with the repository.</summary>
public static class DefaultData
{
    /// <summary>Its place in the repository.</summary>
    public static readonly string Place = Path.Combine("data", "fashion-mnist");

    /// <summary>Looks for it from the current folder upwards, then from the program's folder upwards.</summary>
    /// <exception cref="UserErrorException">It is in none of them.</exception>
    public static string Find() =>
        FindFrom(Directory.GetCurrentDirectory())
        ?? FindFrom(AppContext.BaseDirectory)
        ?? throw new UserErrorException(
            $"the images that come with the repository ('{Place}') are neither in the current folder nor above it; name a folder with --data");

    /// <summary>The sample in <paramref name="folder"/> or in the nearest folder above that has it; else null.</summary>
    public static string? FindFrom(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            var path = Path.Combine(at.FullName, Place);
            if (Directory.Exists(path))
            {
                return path;
            }
        }

        return null;
    }
}
