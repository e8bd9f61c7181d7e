using System.IO.Hashing;
using System.Text.Json;
using System.Text.Json.Serialization;
using Mage.Config;
using Mage.Data;
using MageDsl;

namespace Mage.Training;

/// <summary>
/// What a run was begun with, settings, images and files, as checksums in its folder: with others it could not go on to the result that it was
/// begun for. Who means the change deletes the file; a run without one is taken as it is.
/// </summary>
public sealed record Fingerprints
{
    /// <summary>Checksum of <c>config.json</c>, XXH128.</summary>
    public string Config { get; set; } = "";

    /// <summary>Checksum of the images at <c>data.imageSize</c>, with their labels and the names of the classes.</summary>
    public string Images { get; set; } = "";

    /// <summary>Images to train on.</summary>
    public int Train { get; set; }

    /// <summary>Images held out.</summary>
    public int HeldOut { get; set; }

    /// <summary>Checksum of the file of tokens that MAGE trains on; null if there is none, or that is not known.</summary>
    public string? Tokens { get; set; }

    /// <summary>Checksum of the files with the network of the tokenizer's perceptual loss; null if there is none, or that is not known.</summary>
    public string? Perceptual { get; set; }

    /// <summary>What a run has now. Its config must have been written. Files of a stage that is done are not looked at any more.</summary>
    /// <exception cref="UserErrorException">A file cannot be read.</exception>
    public static Fingerprints Of(RunFolder folder, RunConfig config, ImageSet images)
    {
        var (begun, stages) = (Read(folder), StageRunner.Of(config.Train).Where(stage => !File.Exists(folder.Weights(stage))).ToArray());
        return new Fingerprints
        {
            Config = OfConfig(folder), Images = Of(images), Train = images.Train.Count, HeldOut = images.HeldOut.Count,
            Tokens = stages.Contains("mage") ? OfTokens(config.Data.Tokens) : begun?.Tokens,
            Perceptual = stages.Contains("tokenizer") ? OfNetwork(config.Tokenizer.Perceptual) : begun?.Perceptual,
        };
    }

    /// <summary>Notes it in the folder.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public void Write(RunFolder folder)
        => AtomicFile.WriteText(folder.Fingerprints, JsonSerializer.Serialize(this, FingerprintsContext.Default.Fingerprints) + "\n");

    /// <summary>What has changed of what a run trains on and by, in one line; null if nothing has, or that is not known.</summary>
    /// <exception cref="UserErrorException">The file cannot be read.</exception>
    public string? ChangeSince(RunFolder folder, RunConfig config, ImageSet images)
    {
        return Read(folder) is not { } begun ? null : ChangeOfImages(begun, Images, images)
            ?? (begun.Tokens is { } tokens && tokens != Tokens ? $"the tokens in '{config.Data.Tokens}' have changed since the run began"
            : begun.Perceptual is { } network && network != Perceptual
                ? $"the network in '{config.Tokenizer.Perceptual.File}' has changed since the run began"
            : null);
    }

    /// <summary>The settings of a run.</summary>
    /// <exception cref="UserErrorException">They cannot be read, or are not those that it began with.</exception>
    public static RunConfig ReadConfig(RunFolder folder)
    {
        var config = RunConfigJson.Read(folder.Config);
        return Read(folder) is { } begun && begun.Config != OfConfig(folder)
            ? throw new UserErrorException(
                $"'{folder.Config}' has changed since the run began; put it back, or delete '{folder.Fingerprints}' to go on with it as it is")
            : config;
    }

    /// <summary>What has changed in the images of a run, in one line; null if they are those that it began with, or that is not known.</summary>
    /// <exception cref="UserErrorException">The file cannot be read.</exception>
    public static string? ChangeOfImages(RunFolder folder, ImageSet images)
        => Read(folder) is { } begun ? ChangeOfImages(begun, Of(images), images) : null;

    private static string? ChangeOfImages(Fingerprints begun, string now, ImageSet images)
    {
        if (begun.Images == now)
        {
            return null;
        }

        var counts = (begun.Train, begun.HeldOut) == (images.Train.Count, images.HeldOut.Count)
            ? "as many as there were, but not the same"
            : $"{begun.Train} to train on and {begun.HeldOut} held out then, {images.Train.Count} and {images.HeldOut.Count} now";
        return $"the images in '{images.Source}' have changed since the run began ({counts})";
    }

    private static Fingerprints? Read(RunFolder folder)
    {
        try
        {
            return File.Exists(folder.Fingerprints)
                ? JsonSerializer.Deserialize(File.ReadAllText(folder.Fingerprints), FingerprintsContext.Default.Fingerprints)
                    ?? throw new JsonException("it is empty")
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new UserErrorException(
                $"cannot read '{folder.Fingerprints}', by which changes of settings and images are found: {e.Message}; delete it to go on without",
                e);
        }
    }

    private static string OfConfig(RunFolder folder) => OfFiles(folder.Config);

    /// <summary>Checksum of the names, shapes and values of a model's weights, XXH128.</summary>
    internal static string Of(Module model)
    {
        var hash = new XxHash128();
        foreach (var (name, tensor) in model.StateDict().OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            hash.Append(System.Text.Encoding.UTF8.GetBytes($"{name} {string.Join(',', tensor.Shape.ToArray())}\n"));
            hash.Append(tensor.Type == ElementType.Int32
                ? System.Runtime.InteropServices.MemoryMarshal.AsBytes<int>(tensor.ToArray<int>())
                : System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(tensor.ToArray<float>()));
        }

        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    /// <summary>Checksum of images and of files of weights, XXH128.</summary>
    /// <exception cref="UserErrorException">A file cannot be read.</exception>
    public static string Of(ImageSet images, params IEnumerable<string> files)
    {
        var hash = new XxHash128();
        hash.Append(System.Text.Encoding.UTF8.GetBytes(Of(images)));
        Append(hash, files);
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    private static string? OfTokens(string? path)
    {
        using var file = path is null ? null : TokenFile.Open(path);
        return file?.Checksum;
    }

    private static string? OfNetwork(PerceptualConfig config)
        => config.File is not { } file ? null : config.LinearFile is { } linear ? OfFiles(file, linear) : OfFiles(file);

    private static string OfFiles(params IEnumerable<string> paths)
    {
        var hash = new XxHash128();
        Append(hash, paths);
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    private static void Append(XxHash128 hash, IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            try
            {
                using var stream = File.OpenRead(path);
                hash.Append(stream);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new UserErrorException($"cannot read '{path}': {e.Message}", e);
            }
        }
    }

    /// <summary>Checksum of images, their classes and the names of these, XXH128.</summary>
    internal static string Of(ImageSet images)
    {
        var hash = new XxHash128();
        hash.Append(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', images.ClassNames)));
        foreach (var part in (ImagePart[])[images.Train, images.HeldOut])
        {
            hash.Append(System.Runtime.InteropServices.MemoryMarshal.AsBytes<int>((int[])[part.Count, part.Channels, part.Size, .. part.Labels]));
            foreach (var image in part.Images)
            {
                hash.Append(image);
            }
        }

        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }
}

[JsonSourceGenerationOptions(
    WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(Fingerprints))]
internal sealed partial class FingerprintsContext : JsonSerializerContext;
