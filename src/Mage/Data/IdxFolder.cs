using Mage.Config;
using Mage.Images;

namespace Mage.Data;

/// <summary>
/// A folder of four IDX files named as MNIST's: train-images-idx3-ubyte, train-labels-idx1-ubyte and the same with t10k,
/// which are held out; each may end in .gz. A file classes.txt, one name a line, may name the labels.
/// </summary>
public static class IdxFolder
{
    private const string ClassesFile = "classes.txt";

    private static readonly string[] Names = ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"];

    /// <summary>Whether the folder has at least one of the files.</summary>
    public static bool IsOne(string folder) => Names.Any(name => Find(folder, name) is not null);

    /// <summary>Loads both parts.</summary>
    /// <exception cref="UserErrorException">A file is missing or broken, or the counts differ; names the path.</exception>
    public static ImageSet Load(string folder, DataConfig config)
    {
        var (train, prepared) = LoadPart(folder, "train", config);
        var (heldOut, preparedToo) = LoadPart(folder, "t10k", config);
        var classes = train.Labels.Concat(heldOut.Labels).Max() + 1;
        return new ImageSet(folder, LabelNames.Read(Path.Combine(folder, ClassesFile), classes), train, heldOut)
        {
            Notes = [.. Skipped(folder), .. Preparations.Describe([.. prepared, .. preparedToo], config)],
        };
    }

    /// <summary>What else is in the folder.</summary>
    private static IEnumerable<string> Skipped(string folder)
    {
        var read = Names.Select(name => Find(folder, name)).Append(Path.Combine(folder, ClassesFile)).ToHashSet();
        var passedOver = new PassedOver();
        foreach (var file in ClassFiles.List(folder, Directory.GetFiles).Where(file => !read.Contains(file)))
        {
            passedOver.AddFile(file);
        }

        foreach (var inside in ClassFiles.List(folder, Directory.GetDirectories))
        {
            passedOver.AddFolder(inside, "");
        }

        return passedOver.Describe() is { } what
            ? [$"skipped: {what}; of a folder with IDX files the four of MNIST's names are read, and {ClassesFile}"]
            : [];
    }

    private static (ImagePart Part, Preparation[] Done) LoadPart(string folder, string part, DataConfig config)
    {
        var imagePath = Require(folder, $"{part}-images-idx3");
        var labelPath = Require(folder, $"{part}-labels-idx1");
        var (sizes, bytes) = IdxReader.Read(imagePath, 3);
        var (labelSizes, labels) = IdxReader.Read(labelPath, 1);
        var (count, height, width) = (sizes[0], sizes[1], sizes[2]);
        if (count != labelSizes[0])
        {
            throw new UserErrorException($"'{imagePath}' has {count} images but '{labelPath}' has {labelSizes[0]} labels");
        }

        // Nothing may be held out; but there must be something to train on.
        if (count == 0 ? part == "train" : height == 0 || width == 0)
        {
            throw new UserErrorException($"'{imagePath}' has no images");
        }

        ImagePacker.RequireMemory(count, config, imagePath);
        var (images, done) = (new byte[count][], new Preparation[count]);
        Parallel.For(0, count, i =>
        {
            var image = new PixelImage(width, height, 1, bytes.AsSpan(i * height * width, height * width).ToArray());
            (images[i], done[i]) = ImagePacker.Pack(image, config);
        });
        return (new ImagePart(config.Channels, config.ImageSize, images, Array.ConvertAll(labels, label => (int)label)), done);
    }

    private static string Require(string folder, string name) =>
        Find(folder, name) ?? throw new UserErrorException($"'{Path.Combine(folder, name + "-ubyte")}' (or the same with .gz) is missing");

    /// <summary>Some copies of the set have a dot before "idx".</summary>
    private static string? Find(string folder, string name)
    {
        foreach (var spelling in new[] { name, name.Replace("-idx", ".idx") })
        {
            foreach (var end in new[] { "-ubyte.gz", "-ubyte" })
            {
                var path = Path.Combine(folder, spelling + end);
                if (File.Exists(path))
                {
                    return path;
                }
            }
        }

        return null;
    }
}
