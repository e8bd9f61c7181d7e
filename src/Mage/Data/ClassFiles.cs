using Mage.Images;

namespace Mage.Data;

/// <summary>A picture file of a data folder.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Name">Its path below its class folder, with slashes.</param>
/// <param name="Class">The index of its class.</param>
internal sealed record ClassFile(string Path, string Name, int Class);

/// <summary>Finds the pictures of a folder and what classes they have; reads none of them.</summary>
/// <param name="Classes">Names of the classes, sorted; of a folder without class folders the only one is <see cref="OnlyClass"/>.</param>
/// <param name="Files">The pictures, by class and name.</param>
internal sealed record ClassFiles(string[] Classes, ClassFile[] Files)
{
    /// <summary>The class of pictures that lie in no class folder. Not the name of their folder, so that the split does not depend on it.</summary>
    public const string OnlyClass = "images";

    /// <summary>What is read, for people.</summary>
    public const string Kinds = "PNG, JPEG or WebP files";

    /// <summary>
    /// Looks through a folder: its folders are the classes, and what is below them belongs to them; without any, it is one class itself.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="passedOver">Counts what is not read.</param>
    /// <exception cref="UserErrorException">There are no pictures, a class has none, or a folder cannot be read; names the path.</exception>
    public static ClassFiles Find(string folder, PassedOver passedOver)
    {
        var others = new PassedOver();
        var folders = Folders(folder, others);
        var files = List(folder, Directory.GetFiles);
        if (folders.Length > 0)
        {
            foreach (var file in files)
            {
                others.AddFile(file, " outside class folders");
            }

            passedOver.Add(others);
            return new ClassFiles(
                [.. folders.Select(path => Path.GetFileName(path))], [.. folders.SelectMany((path, label) => OfClass(path, label, passedOver))]);
        }

        foreach (var file in files.Where(file => !IsPicture(file)))
        {
            others.AddFile(file);
        }

        passedOver.Add(others);
        ClassFile[] pictures = [.. files.Where(IsPicture).Select(path => new ClassFile(path, Path.GetFileName(path), 0))];
        return pictures.Length > 0
            ? new ClassFiles([OnlyClass], pictures)
            : throw new UserErrorException(
                $"'{folder}' has no images{Found(others)}; it should have {Kinds}, in a folder for each class or in none, or IDX files, "
                + "or the binary CIFAR-10");
    }

    /// <summary>The folders in a folder that are not hidden, by name.</summary>
    public static string[] Folders(string folder, PassedOver passedOver)
    {
        var all = List(folder, Directory.GetDirectories);
        foreach (var hidden in all.Where(IsHidden))
        {
            passedOver.AddFolder(hidden, "");
        }

        return [.. all.Where(path => !IsHidden(path))];
    }

    /// <summary>Names sorted the same way everywhere.</summary>
    /// <exception cref="UserErrorException">The folder cannot be read.</exception>
    public static string[] List(string folder, Func<string, string[]> list)
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

    private static IEnumerable<ClassFile> OfClass(string folder, int label, PassedOver passedOver)
    {
        var others = new PassedOver();
        var files = Below(folder, "", label, others).OrderBy(file => file.Name, StringComparer.Ordinal).ToArray();
        passedOver.Add(others);
        return files.Length > 0 ? files : throw new UserErrorException($"the class folder '{folder}' has no {Kinds}{Found(others)}");
    }

    private static List<ClassFile> Below(string folder, string prefix, int label, PassedOver others)
    {
        var found = new List<ClassFile>();
        foreach (var file in List(folder, Directory.GetFiles))
        {
            if (IsPicture(file))
            {
                found.Add(new ClassFile(file, prefix + Path.GetFileName(file), label));
            }
            else
            {
                others.AddFile(file);
            }
        }

        foreach (var inner in Folders(folder, others))
        {
            // A link may lead back to a folder above it.
            if (new DirectoryInfo(inner).LinkTarget is not null)
            {
                others.AddFolder(inner, " behind a link");
            }
            else
            {
                found.AddRange(Below(inner, $"{prefix}{Path.GetFileName(inner)}/", label, others));
            }
        }

        return found;
    }

    private static string Found(PassedOver passedOver) => passedOver.Describe() is { } what ? $" (it has {what})" : "";

    private static bool IsHidden(string path) => Path.GetFileName(path).StartsWith('.');

    private static bool IsPicture(string file) => !IsHidden(file) && ImageFormats.Named(file) is not null;
}
