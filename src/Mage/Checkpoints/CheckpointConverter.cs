using Mage.Checkpoints.Stored;
using MageDsl;

namespace Mage.Checkpoints;

/// <summary>Writes the weights of a file anew, as safetensors.</summary>
public static class CheckpointConverter
{
    private const string Ending = ".safetensors";

    /// <summary>
    /// Writes the weights of a safetensors, <c>.pth</c> or <c>.ckpt</c> file under their official keys. Numbers of 16 bits become Float32, integers
    /// Int32; nothing else than weights is taken over.
    /// </summary>
    /// <param name="from">The file.</param>
    /// <param name="to">The file to write, which ends in .safetensors.</param>
    /// <param name="part">Only this model of it: <c>tokenizer</c>, <c>mage</c> or <c>discriminator</c>; null for all that is there.</param>
    /// <param name="single">Whether Float64 becomes Float32 as well.</param>
    /// <returns>How many tensors were written.</returns>
    /// <exception cref="UserErrorException">A file cannot be read or written; what was there before is untouched.</exception>
    public static int Convert(string from, string to, string? part = null, bool single = false)
    {
        if (!to.EndsWith(Ending, StringComparison.OrdinalIgnoreCase))
        {
            throw new UserErrorException($"cannot write '{to}': only safetensors files are written; give it a name with {Ending} at its end");
        }

        AtomicFile.CheckPlace(to);
        using var scope = new TensorScope();
        using var file = WeightFile.Open(from);
        var chosen = WeightPart.Select(from, file.Tensors, part);
        ModelFile.Write(to, [.. chosen.Select(pair => KeyValuePair.Create(
            pair.Key, ModelFile.Guard(from, pair.Key, () => pair.Value.ToTensor(single))))]);
        return chosen.Count;
    }
}
