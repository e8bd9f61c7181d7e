using Mage.Config;
using Mage.Images;

namespace Mage.Data;

/// <summary>
/// A folder of the binary version of CIFAR-10 (https://www.cs.toronto.edu/~kriz/cifar.html): data_batch_1.bin and so on to train on,
/// test_batch.bin, which is held out, and batches.meta.txt, one class name a line, which may be missing. A batch is a row of records: a
/// byte with the label, then 32 × 32 bytes of red, as many of green, and of blue.
/// </summary>
public static class Cifar10Folder
{
    private const string TrainFiles = "data_batch_*.bin";
    private const string HeldOutFile = "test_batch.bin";
    private const string ClassesFile = "batches.meta.txt";
    private const int Classes = 10;
    private const int Side = 32;
    private const int Area = Side * Side;
    private const int Record = 1 + (3 * Area);

    /// <summary>Whether the folder has at least one of the batches.</summary>
    public static bool IsOne(string folder) => File.Exists(Path.Combine(folder, HeldOutFile)) || Batches(folder).Length > 0;

    /// <summary>Loads both parts.</summary>
    /// <exception cref="UserErrorException">A file is missing or damaged; names the path.</exception>
    public static ImageSet Load(string folder, DataConfig config)
    {
        var batches = Batches(folder);
        if (batches.Length == 0)
        {
            throw new UserErrorException($"'{Path.Combine(folder, "data_batch_1.bin")}' is missing; it has images to train on");
        }

        var (train, prepared) = LoadPart(batches, config, folder);
        var (heldOut, preparedToo) = LoadPart([Path.Combine(folder, HeldOutFile)], config, folder);
        return new ImageSet(folder, LabelNames.Read(Path.Combine(folder, ClassesFile), Classes), train, heldOut)
        {
            Notes = [.. Skipped(folder, batches), .. Preparations.Describe([.. prepared, .. preparedToo], config)],
        };
    }

    private static string[] Batches(string folder) => ClassFiles.List(folder, path => Directory.GetFiles(path, TrainFiles));

    private static IEnumerable<string> Skipped(string folder, string[] batches)
    {
        var passedOver = new PassedOver();
        string[] read = [.. batches, Path.Combine(folder, HeldOutFile), Path.Combine(folder, ClassesFile)];
        foreach (var file in ClassFiles.List(folder, Directory.GetFiles).Except(read))
        {
            passedOver.AddFile(file);
        }

        foreach (var inside in ClassFiles.List(folder, Directory.GetDirectories))
        {
            passedOver.AddFolder(inside, "");
        }

        return passedOver.Describe() is { } what ? [$"skipped: {what}; of a folder with CIFAR-10's batches those are read, and {ClassesFile}"] : [];
    }

    private static (ImagePart Part, Preparation[] Done) LoadPart(string[] paths, DataConfig config, string folder)
    {
        var batches = Array.ConvertAll(paths, Read);
        Memory<byte>[] records =
            [.. batches.SelectMany(batch => Enumerable.Range(0, batch.Length / Record).Select(i => batch.AsMemory(i * Record, Record)))];
        ImagePacker.RequireMemory(records.Length, config, folder);
        var (images, done) = (new byte[records.Length][], new Preparation[records.Length]);
        Parallel.For(0, records.Length, i =>
            (images[i], done[i]) = ImagePacker.Pack(PixelImage.FromPlanes(Side, Side, 3, records[i].Span[1..]), config));
        return (new ImagePart(config.Channels, config.ImageSize, images, Array.ConvertAll(records, record => (int)record.Span[0])), done);
    }

    private static byte[] Read(string path)
    {
        var bytes = ReadFile(path);
        if (bytes.Length == 0 || bytes.Length % Record != 0)
        {
            throw new UserErrorException(
                $"the CIFAR-10 batch '{path}' is cut off or damaged: {bytes.Length} bytes are no whole number of images of {Record}");
        }

        for (var i = 0; i < bytes.Length; i += Record)
        {
            if (bytes[i] >= Classes)
            {
                throw new UserErrorException(
                    $"the CIFAR-10 batch '{path}' is damaged: image {i / Record} has the label {bytes[i]}, which should be below {Classes}");
            }
        }

        return bytes;
    }

    private static byte[] ReadFile(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (FileNotFoundException e)
        {
            throw new UserErrorException($"'{path}' is missing", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"cannot read '{path}': {e.Message}", e);
        }
    }
}
