using Mage.Config;
using Mage.Data.Png;

namespace Mage.Data;

/// <summary>
/// A folder with one folder per class, each with PNG files. Classes are numbered in the order of their names. Which
/// images are held out depends on nothing but class and file name, so adding images moves none from one part to the other.
/// </summary>
public static class ClassFolders
{
    private sealed record Entry(string Path, int Label, bool HeldOut);

    /// <summary>Loads all images.</summary>
    /// <exception cref="UserErrorException">A class is empty, an image cannot be read, or there are no classes; names the path.</exception>
    public static ImageSet Load(string folder, DataConfig config)
    {
        var passedOver = new PassedOver();
        var names = Folders(folder, passedOver);
        if (names.Length == 0)
        {
            throw new UserErrorException(
                $"'{folder}' has neither IDX files nor class folders with PNG files{Found(passedOver)}; images of no class go into one folder in it");
        }

        var entries = names.SelectMany((name, label) => Entries(folder, name, label, config.HeldOutPercent, passedOver)).ToArray();
        var (train, prepared) = LoadPart(entries.Where(entry => !entry.HeldOut).ToArray(), config, folder);
        var (heldOut, preparedToo) = LoadPart(entries.Where(entry => entry.HeldOut).ToArray(), config, folder);
        var skipped = passedOver.Describe() is { } what ? [$"skipped: {what}; PNG files that lie in a class folder are read"] : (string[])[];
        return new ImageSet(folder, names, train, heldOut) { Notes = [.. skipped, .. Preparations.Describe([.. prepared, .. preparedToo], config)] };
    }

    /// <summary>The place of an image between 0 and 99 that decides whether it is held out (FNV-1a over "class/file").</summary>
    public static int Place(string className, string fileName) => (int)(Hash(className, fileName) % 100);

    /// <summary>
    /// A class keeps at least one image to train on, and gives one to the held-out part if it has two; the images with
    /// the smallest hash go first.
    /// </summary>
    private static IEnumerable<Entry> Entries(string folder, string name, int label, int percent, PassedOver passedOver)
    {
        var path = Path.Combine(folder, name);
        var files = Files(path, passedOver);
        var byHash = files.OrderBy(file => Hash(name, Path.GetFileName(file)) % 100).ThenBy(file => file, StringComparer.Ordinal).ToArray();
        var chosen = byHash.Count(file => Place(name, Path.GetFileName(file)) < percent);
        var heldOut = byHash.Take(Math.Clamp(chosen, Math.Min(1, files.Length - 1), files.Length - 1)).ToHashSet();
        return files.Select(file => new Entry(file, label, heldOut.Contains(file)));
    }

    /// <summary>The names of the class folders.</summary>
    private static string[] Folders(string folder, PassedOver passedOver)
    {
        foreach (var file in List(folder, Directory.GetFiles))
        {
            passedOver.AddFile(file, " outside class folders");
        }

        var all = List(folder, Directory.GetDirectories);
        foreach (var hidden in all.Where(IsHidden))
        {
            passedOver.AddFolder(hidden, "");
        }

        return [.. all.Where(path => !IsHidden(path)).Select(path => Path.GetFileName(path))];
    }

    /// <summary>The PNG files of a class.</summary>
    private static string[] Files(string folder, PassedOver passedOver)
    {
        var others = new PassedOver();
        var (all, below) = (List(folder, Directory.GetFiles), List(folder, Directory.GetDirectories));
        foreach (var file in all.Where(file => !IsRead(file)))
        {
            others.AddFile(file);
        }

        foreach (var path in below)
        {
            others.AddFolder(path, " inside a class folder");
        }

        passedOver.Add(others);
        var files = all.Where(IsRead).ToArray();
        return files.Length > 0 ? files : throw new UserErrorException($"the class folder '{folder}' has no PNG files{Found(others)}");
    }

    private static string Found(PassedOver passedOver) => passedOver.Describe() is { } what ? $" (it has {what})" : "";

    private static bool IsHidden(string path) => Path.GetFileName(path).StartsWith('.');

    private static bool IsRead(string file) => !IsHidden(file) && file.EndsWith(".png", StringComparison.OrdinalIgnoreCase);

    private static (ImagePart Part, Preparation[] Done) LoadPart(Entry[] entries, DataConfig config, string folder)
    {
        var pixels = ImagePacker.Allocate(entries.Length, config, folder);
        var values = config.Channels * config.ImageSize * config.ImageSize;
        var errors = new UserErrorException?[entries.Length];
        var done = new Preparation[entries.Length];
        Parallel.For(0, entries.Length, (i, loop) =>
        {
            try
            {
                done[i] = ImagePacker.Pack(PngReader.Read(entries[i].Path), config, pixels.AsSpan(i * values, values));
            }
            catch (UserErrorException e)
            {
                // Break still finishes the images before this one, so the first error by name is the one reported.
                errors[i] = e;
                loop.Break();
            }
        });
        return errors.FirstOrDefault(error => error is not null) is { } first
            ? throw first
            : (new ImagePart(config.Channels, config.ImageSize, pixels, Array.ConvertAll(entries, entry => entry.Label)), done);
    }

    /// <summary>Names sorted the same way everywhere.</summary>
    private static string[] List(string folder, Func<string, string[]> list)
    {
        try
        {
            var paths = list(folder);
            Array.Sort(paths, StringComparer.Ordinal);
            return paths;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"cannot read the folder '{folder}': {e.Message}", e);
        }
    }

    private static ulong Hash(string className, string fileName)
    {
        var hash = 14695981039346656037;
        foreach (var b in System.Text.Encoding.UTF8.GetBytes($"{className}/{fileName}"))
        {
            hash = (hash ^ b) * 1099511628211;
        }

        // The low bits of FNV mix poorly for names that differ in their last letters only.
        return hash ^ (hash >> 32);
    }
}
