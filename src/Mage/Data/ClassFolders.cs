using Mage.Config;

namespace Mage.Data;

/// <summary>
/// A folder of pictures: with a folder for each class, numbered in the order of their names, whose own folders belong to it, or
/// with pictures alone, which are one class. Which images are held out depends on nothing but class and file name, so
/// that adding images moves none from one part to the other; so does their order, in which classes are mixed. Where there are folders
/// <c>train</c> and <c>val</c> or <c>test</c> and no others, each is such a folder of pictures, and the second is what is held out.
/// </summary>
public static class ClassFolders
{
    private const string TrainFolder = "train";

    // The first that there is is held out.
    private static readonly string[] HeldOutFolders = ["val", "test"];

    /// <summary>Loads all images. One that cannot be read is skipped and counted; the notes name the first of them.</summary>
    /// <exception cref="UserErrorException">
    /// There are no images, a class has none, none to train on can be read, or they do not fit into memory; names the path.
    /// </exception>
    public static ImageSet Load(string folder, DataConfig config)
    {
        var passedOver = new PassedOver();
        var (classes, train, heldOut) = Parts(folder, passedOver) ?? Split(ClassFiles.Find(folder, passedOver), config.HeldOutPercent);
        ImagePacker.RequireMemory(train.Length + heldOut.Length, config, folder);
        var (trained, held) = (LoadedImages.Load(Mixed(train), config), LoadedImages.Load(Mixed(heldOut), config));
        if (trained.Part.Count == 0)
        {
            throw new UserErrorException($"none of the {train.Length} images to train on in '{folder}' can be read; the first: {trained.Refused[0]}");
        }

        return new ImageSet(folder, classes, trained.Part, held.Part)
        {
            Notes =
            [
                .. passedOver.Describe() is { } what ? [$"skipped: {what}; {ClassFiles.Kinds} are read"] : (string[])[],
                .. LoadedImages.Describe([.. trained.Refused, .. held.Refused], train.Length + heldOut.Length),
                .. Preparations.Describe([.. trained.Done, .. held.Done], config),
            ],
        };

        // What is measured and drawn takes the first images of a part, and these must not be all of the first class.
        ClassFile[] Mixed(ClassFile[] files)
            => [.. files.OrderBy(file => Hash(classes[file.Class], file.Name)).ThenBy(file => file.Path, StringComparer.Ordinal)];
    }

    /// <summary>The place of an image between 0 and 99 that decides whether it is held out (FNV-1a over "class/file").</summary>
    /// <param name="className">The class.</param>
    /// <param name="fileName">The file's path below the class folder, with slashes.</param>
    public static int Place(string className, string fileName) => (int)(Hash(className, fileName) % 100);

    /// <summary>The parts of a folder that is parted already; null if it is not.</summary>
    private static (string[] Classes, ClassFile[] Train, ClassFile[] HeldOut)? Parts(string folder, PassedOver passedOver)
    {
        var names = ClassFiles.Folders(folder, new PassedOver()).Select(path => Path.GetFileName(path)).ToArray();
        if (!names.Contains(TrainFolder) || HeldOutFolders.FirstOrDefault(names.Contains) is not { } second
            || names.Except([TrainFolder, .. HeldOutFolders]).Any())
        {
            return null;
        }

        var (trainPath, heldOutPath) = (Path.Combine(folder, TrainFolder), Path.Combine(folder, second));
        foreach (var file in ClassFiles.List(folder, Directory.GetFiles))
        {
            passedOver.AddFile(file, $" outside {TrainFolder} and {second}");
        }

        foreach (var other in ClassFiles.List(folder, Directory.GetDirectories).Except([trainPath, heldOutPath]))
        {
            passedOver.AddFolder(other, $" outside {TrainFolder} and {second}");
        }

        var (train, heldOut) = (ClassFiles.Find(trainPath, passedOver), ClassFiles.Find(heldOutPath, passedOver));
        var labels = Array.ConvertAll(heldOut.Classes, name => Array.IndexOf(train.Classes, name));
        return Array.IndexOf(labels, -1) is var unknown and >= 0
            ? throw new UserErrorException($"'{heldOutPath}' has the class '{heldOut.Classes[unknown]}', which '{trainPath}' has not")
            : (train.Classes, train.Files, Array.ConvertAll(heldOut.Files, file => file with { Class = labels[file.Class] }));
    }

    private static (string[] Classes, ClassFile[] Train, ClassFile[] HeldOut) Split(ClassFiles found, int percent)
    {
        var heldOut = found.Files.GroupBy(file => file.Class).SelectMany(files => HeldOut(found.Classes[files.Key], [.. files], percent)).ToHashSet();
        return (found.Classes, [.. found.Files.Where(file => !heldOut.Contains(file))], [.. found.Files.Where(heldOut.Contains)]);
    }

    /// <summary>
    /// A class keeps at least one image to train on, and gives one to the held-out part if it has two; the images with
    /// the smallest hash go first.
    /// </summary>
    private static IEnumerable<ClassFile> HeldOut(string name, ClassFile[] files, int percent)
    {
        var chosen = files.Count(file => Place(name, file.Name) < percent);
        return files.OrderBy(file => Place(name, file.Name)).ThenBy(file => file.Name, StringComparer.Ordinal)
            .Take(Math.Clamp(chosen, Math.Min(1, files.Length - 1), files.Length - 1));
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
