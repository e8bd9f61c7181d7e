using Mage.Config;
using Mage.Images;

namespace Mage.Data;

/// <summary>Images read from picture files.</summary>
/// <param name="Part">Those that could be read.</param>
/// <param name="Done">What was done to each of them.</param>
/// <param name="Refused">Why others could not be, a line each that names the file, in the order of the files.</param>
internal sealed record LoadedImages(ImagePart Part, Preparation[] Done, string[] Refused)
{
    // A wrong folder may have thousands.
    private const int MostNamed = 5;

    /// <summary>Reads files on all cores.</summary>
    /// <param name="files">Picture files.</param>
    /// <param name="config">Size and channels.</param>
    public static LoadedImages Load(ClassFile[] files, DataConfig config)
    {
        var (images, done, refused) = (new byte[files.Length][], new Preparation[files.Length], new string?[files.Length]);
        Parallel.For(0, files.Length, i =>
        {
            try
            {
                (images[i], done[i]) = ImagePacker.Pack(ImageReader.Read(files[i].Path), config);
            }
            catch (UserErrorException e)
            {
                refused[i] = e.Message;
            }
        });
        var read = Enumerable.Range(0, files.Length).Where(i => refused[i] is null).ToArray();
        return new LoadedImages(
            new ImagePart(
                config.Channels, config.ImageSize, Array.ConvertAll(read, i => images[i]), Array.ConvertAll(read, i => files[i].Class))
            {
                Files = Array.ConvertAll(read, i => (done[i] & (Preparation.Cut | Preparation.Resized)) != 0 ? files[i].Path : null),
            },
            Array.ConvertAll(read, i => done[i]),
            [.. refused.OfType<string>()]);
    }

    /// <summary>Says how many were refused, and why the first of them were.</summary>
    /// <param name="refused">A line for each.</param>
    /// <param name="all">How many images there are, these included.</param>
    public static IEnumerable<string> Describe(IReadOnlyCollection<string> refused, int all)
    {
        if (refused.Count == 0)
        {
            return [];
        }

        var more = refused.Count > MostNamed ? $"; the first {MostNamed}" : "";
        return [$"skipped: {refused.Count} of {all} images cannot be read{more}:", .. refused.Take(MostNamed)];
    }
}
