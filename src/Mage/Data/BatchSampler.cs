using MageDsl.Devices;

namespace Mage.Data;

/// <summary>
/// Says which images a training step sees. Each epoch is a new order of all images, drawn by counter from the seed, and
/// batches run on across the end of an epoch. Everything is a function of the step, so a resumed run goes on exactly.
/// </summary>
/// <param name="part">The images.</param>
/// <param name="batch">Images per step.</param>
/// <param name="seed">Seed of order and mirroring.</param>
/// <param name="mirror">Mirror each image in half of the epochs.</param>
public sealed class BatchSampler(ImagePart part, int batch, int seed, bool mirror = false)
{
    // Streams of the counter-based generator that nothing else uses: orders, and mirroring, of up to 2^20 epochs each.
    private const uint OrderStream = 0x4000_0000;
    private const uint MirrorStream = 0x4010_0000;
    private const uint MaxEpochs = 1 << 20;

    private int[] order = [];
    private long orderEpoch = -1;

    /// <summary>Images per step.</summary>
    public int Batch => batch;

    /// <summary>A new order of all indices below <paramref name="count"/>: a function of seed and epoch (Fisher and Yates).</summary>
    public static int[] Order(int count, int seed, long epoch)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++)
        {
            order[i] = i;
        }

        var stream = OrderStream + (uint)(epoch % MaxEpochs);
        for (var i = count - 1; i > 0; i--)
        {
            var (first, second) = Philox.Draw((uint)i, stream, (uint)seed);
            var j = (int)Math.BigMul(((ulong)first << 32) | second, (ulong)i + 1, out _);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }

    /// <summary>The images of a step and which of them are mirrored.</summary>
    /// <param name="step">From 0.</param>
    /// <param name="indices">[batch] indices into the part.</param>
    /// <param name="mirrored">[batch].</param>
    public void Choose(long step, Span<int> indices, Span<bool> mirrored)
    {
        for (var i = 0; i < batch; i++)
        {
            var (epoch, place) = Math.DivRem((step * batch) + i, part.Count);
            if (epoch != orderEpoch)
            {
                (order, orderEpoch) = (Order(part.Count, seed, epoch), epoch);
            }

            indices[i] = order[place];
            mirrored[i] = mirror && (Philox.Draw((uint)indices[i], MirrorStream + (uint)(epoch % MaxEpochs), (uint)seed).First & 0x8000_0000) != 0;
        }
    }

    /// <summary>Writes a step's images as [batch, C, H, W] floats in [0, 1] and, if there is room for them, its labels.</summary>
    public void Fill(long step, Span<float> images, Span<int> labels = default)
    {
        Span<int> indices = batch <= 1024 ? stackalloc int[batch] : new int[batch];
        Span<bool> mirrored = batch <= 1024 ? stackalloc bool[batch] : new bool[batch];
        Choose(step, indices, mirrored);
        var values = part.ValuesPerImage;
        for (var i = 0; i < batch; i++)
        {
            part.CopyTo(indices[i], images.Slice(i * values, values), mirrored[i]);
            if (!labels.IsEmpty)
            {
                labels[i] = part.Labels[indices[i]];
            }
        }
    }
}
