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
    /// <param name="source">Named where all together are too large.</param>
    /// <exception cref="UserErrorException">They do not fit into memory.</exception>
    public static LoadedImages Load(ClassFile[] files, DataConfig config, string source)
    {
        var pixels = ImagePacker.Allocate(files.Length, config, source);
        var values = config.Channels * config.ImageSize * config.ImageSize;
        var refused = new string?[files.Length];
        var done = new Preparation[files.Length];
        Parallel.For(0, files.Length, i =>
        {
            try
            {
                done[i] = ImagePacker.Pack(ImageReader.Read(files[i].Path), config, pixels.AsSpan(i * values, values));
            }
            catch (UserErrorException e)
            {
                refused[i] = e.Message;
            }
        });
        var read = Enumerable.Range(0, files.Length).Where(i => refused[i] is null).ToArray();
        return new LoadedImages(
            new ImagePart(config.Channels, config.ImageSize, Kept(pixels, values, read), Array.ConvertAll(read, i => files[i].Class)),
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

    /// <summary>The images of some indices, which ascend, moved together.</summary>
    private static byte[] Kept(byte[] pixels, int values, int[] indices)
    {
        for (var i = 0; i < indices.Length; i++)
        {
            Buffer.BlockCopy(pixels, indices[i] * values, pixels, i * values, values);
        }

        Array.Resize(ref pixels, indices.Length * values);
        return pixels;
    }
}
