namespace Mage.Training;

/// <summary>The folder that a run leaves, and the names of the files in it.</summary>
public sealed class RunFolder
{
    private RunFolder(string path) => Path = path;

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The run's configuration.</summary>
    public string Config => At("config.json");

    /// <summary>A row for every few steps.</summary>
    public string Metrics => At("metrics.csv");

    /// <summary>The curves of both stages.</summary>
    public string LossCurve => At("loss.png");

    /// <summary>Held-out images above their reconstructions.</summary>
    public string Reconstructions => At("reconstructions.png");

    /// <summary>Generated images.</summary>
    public string Samples => At("samples.png");

    /// <summary>Held-out images, the same with tokens masked, and completed.</summary>
    public string Inpainting => At("inpainting.png");

    /// <summary>The closing numbers.</summary>
    public string Summary => At("summary.json");

    /// <summary>Weights of a finished stage.</summary>
    public string Weights(string stage) => At($"{stage}.safetensors");

    /// <summary>What an unfinished stage goes on from.</summary>
    public string Checkpoint(string stage) => At($"{stage}.checkpoint.safetensors");

    /// <summary>Makes a new run folder, and makes sure that it can be written to before any work is done.</summary>
    /// <exception cref="UserErrorException">It exists and is not empty, or cannot be made or written to; nothing in it is touched.</exception>
    public static RunFolder Create(string path)
    {
        try
        {
            if (File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any()))
            {
                throw new UserErrorException(
                    $"the run folder '{path}' exists and is not empty; go on with it by --resume {path}, or name another with --out");
            }

            Directory.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"cannot make the run folder '{path}': {e.Message}", e);
        }

        var folder = new RunFolder(path);
        folder.CheckWritable();
        return folder;
    }

    /// <summary>A run folder that exists.</summary>
    /// <exception cref="UserErrorException">There is none, or it has no config.</exception>
    public static RunFolder Open(string path)
    {
        var folder = new RunFolder(path);
        return File.Exists(folder.Config)
            ? folder
            : throw new UserErrorException(
                Directory.Exists(path) ? $"'{path}' is no run folder: it has no config.json" : $"the run folder '{path}' does not exist");
    }

    /// <summary>The newest run below a folder, by the time its config was written.</summary>
    /// <exception cref="UserErrorException">There is none.</exception>
    public static RunFolder Newest(string runs)
    {
        var newest = (Directory.Exists(runs) ? Directory.GetDirectories(runs) : [])
            .Where(path => File.Exists(System.IO.Path.Combine(path, "config.json")))
            .OrderByDescending(path => File.GetLastWriteTimeUtc(System.IO.Path.Combine(path, "config.json")))
            .ThenByDescending(path => path, StringComparer.Ordinal)
            .FirstOrDefault();
        return newest is null
            ? throw new UserErrorException($"there is no run in '{runs}' yet; make one with mage-dsl train, or name a run folder")
            : new RunFolder(newest);
    }

    /// <summary>Makes sure that files can be written here.</summary>
    /// <exception cref="UserErrorException">They cannot.</exception>
    public void CheckWritable()
    {
        var probe = At($".write-test.{Environment.ProcessId}");
        try
        {
            File.WriteAllBytes(probe, [1]);
            File.Delete(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"cannot write to the run folder '{Path}': {e.Message}", e);
        }
    }

    private string At(string name) => System.IO.Path.Combine(Path, name);
}
