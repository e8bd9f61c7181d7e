using MageDsl;

namespace Mage.Model;

/// <summary>A batch of tokens as the model takes it: what the encoder sees, and where the decoder finds each slot again.</summary>
public sealed class TokenBatch
{
    private TokenBatch(int[] words, int[] positions, int[] source, float[] mask, int batch, int kept, int tokens)
    {
        Words = Tensor.From(words, batch, kept);
        Positions = Tensor.From(positions, batch, kept);
        Source = Tensor.From(source, batch, 1 + tokens);
        Mask = Tensor.From(mask, batch, tokens);
        MaskedCount = mask.AsSpan().Count(1);
    }

    /// <summary>Images.</summary>
    public int Batch => Mask.Shape[0];

    /// <summary>Tokens of an image, without the class token.</summary>
    public int Tokens => Mask.Shape[1];

    /// <summary>Masked tokens of all images.</summary>
    public int MaskedCount { get; }

    /// <summary>Words of the kept slots, the class token first, <c>[b, k]</c>.</summary>
    public Tensor Words { get; }

    /// <summary>The position of each kept slot in the whole sequence, <c>[b, k]</c>.</summary>
    public Tensor Positions { get; }

    /// <summary>
    /// For each slot of the decoder the row of the encoder it starts from, <c>[b, 1 + t]</c>: its own where the token is visible,
    /// row 0 (the class token) where it is masked, kept or not.
    /// </summary>
    public Tensor Source { get; }

    /// <summary>1 for masked tokens, else 0, <c>[b, t]</c>.</summary>
    public Tensor Mask { get; }

    /// <summary>Hides the tokens of a batch that a plan says. The class token is never masked or dropped.</summary>
    /// <param name="codes">The codes of the images, row by row, <paramref name="plan"/>'s batch times tokens.</param>
    /// <param name="plan">What to hide.</param>
    /// <param name="vocabulary">The words.</param>
    /// <param name="classes">The class of each image, -1 for none; empty if none has one.</param>
    /// <exception cref="ArgumentException">There are more or fewer codes or classes, or one that is none.</exception>
    public static TokenBatch Masked(ReadOnlySpan<int> codes, MaskPlan plan, Vocabulary vocabulary, ReadOnlySpan<int> classes = default)
    {
        var (batch, tokens, kept) = (plan.Batch, plan.Tokens, 1 + plan.Tokens - plan.DroppedCount);
        if (codes.Length != batch * tokens)
        {
            throw new ArgumentException($"{batch} images of {tokens} tokens need {batch * tokens} codes, not {codes.Length}", nameof(codes));
        }

        vocabulary.CheckCodes(codes, allowMask: false, nameof(codes));
        CheckClasses(classes, batch);

        var (words, positions) = (new int[batch * kept], new int[batch * kept]);
        var (source, mask) = (new int[batch * (1 + tokens)], new float[batch * tokens]);
        for (var image = 0; image < batch; image++)
        {
            words[image * kept] = vocabulary.ClassWord(ClassOf(classes, image));
            var row = 1;
            for (var t = 0; t < tokens; t++)
            {
                var isMasked = plan.IsMasked(image, t);
                mask[image * tokens + t] = isMasked ? 1 : 0;
                if (plan.IsDropped(image, t))
                {
                    continue;
                }

                words[image * kept + row] = isMasked ? vocabulary.MaskToken : codes[image * tokens + t];
                positions[image * kept + row] = 1 + t;
                source[image * (1 + tokens) + 1 + t] = isMasked ? 0 : row;
                row++;
            }
        }

        return new TokenBatch(words, positions, source, mask, batch, kept, tokens);
    }

    /// <summary>Takes tokens as they are, some of them perhaps the mask token already; none is dropped.</summary>
    /// <param name="words">Codes and mask tokens, row by row, <paramref name="batch"/> images.</param>
    /// <param name="batch">Images.</param>
    /// <param name="vocabulary">The words.</param>
    /// <param name="classes">The class of each image, -1 for none; empty if none has one.</param>
    /// <exception cref="ArgumentException">
    /// There are no images, the words are no whole number for each, one is neither a code nor the mask token, or there are more or fewer classes.
    /// </exception>
    public static TokenBatch Whole(ReadOnlySpan<int> words, int batch, Vocabulary vocabulary, ReadOnlySpan<int> classes = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        if (words.Length == 0 || words.Length % batch != 0)
        {
            throw new ArgumentException($"{words.Length} words are no whole number for each of {batch} images", nameof(words));
        }

        vocabulary.CheckCodes(words, allowMask: true, nameof(words));
        CheckClasses(classes, batch);
        var tokens = words.Length / batch;
        var hidden = new float[words.Length];
        for (var i = 0; i < hidden.Length; i++)
        {
            hidden[i] = words[i] == vocabulary.MaskToken ? 1 : 0;
        }

        var length = 1 + tokens;
        var (all, positions, source) = (new int[batch * length], new int[batch * length], new int[batch * length]);
        for (var i = 0; i < all.Length; i++)
        {
            var (image, slot) = (i / length, i % length);
            all[i] = slot == 0 ? vocabulary.ClassWord(ClassOf(classes, image)) : words[image * tokens + slot - 1];
            positions[i] = slot;
            source[i] = slot > 0 && hidden[image * tokens + slot - 1] == 0 ? slot : 0;
        }

        return new TokenBatch(all, positions, source, hidden, batch, length, tokens);
    }

    private static int ClassOf(ReadOnlySpan<int> classes, int image) => classes.IsEmpty ? -1 : classes[image];

    private static void CheckClasses(ReadOnlySpan<int> classes, int batch)
    {
        if (!classes.IsEmpty && classes.Length != batch)
        {
            throw new ArgumentException($"{batch} images need {batch} classes, not {classes.Length}", nameof(classes));
        }
    }
}
