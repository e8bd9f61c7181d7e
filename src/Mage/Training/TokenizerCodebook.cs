using Mage.Config;
using Mage.Tokenizer;
using MageDsl;

namespace Mage.Training;

/// <summary>
/// The codebook while the tokenizer trains: it begins with vectors of the first step, learns by gradient or as running means, and codes that
/// went unused for a while are moved.
/// </summary>
internal sealed class TokenizerCodebook : IDisposable
{
    // No code is moved in the last part of training, so that the decoder learns the final codes.
    private const double LastRevival = 0.8;

    private const string UsageKey = "codebook.usage";

    private readonly TokenizerConfig config;
    private readonly Seed seed;
    private readonly Learner learner;
    private readonly Parameter codes;
    private readonly CodebookAverage? average;
    private readonly int[] usage;

    /// <summary>Takes care of a codebook.</summary>
    /// <param name="config">How it learns.</param>
    /// <param name="codes">The codes.</param>
    /// <param name="learner">The optimizer of the tokenizer, which forgets what it knows of codes that are moved.</param>
    /// <param name="seed">Seed of the choices.</param>
    public TokenizerCodebook(TokenizerConfig config, Parameter codes, Learner learner, Seed seed)
    {
        (this.config, this.codes, this.learner, this.seed) = (config, codes, learner, seed);
        average = config.CodebookDecay > 0 ? new CodebookAverage(codes, config.CodebookDecay, config.CodebookEpsilon) : null;
        usage = new int[config.CodebookSize];
    }

    /// <summary>What it needs to go on, by key: copies of its numbers, in the current scope, and running means, live.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> State => [KeyValuePair.Create(UsageKey, Tensor.From(usage)), .. average?.State ?? []];

    /// <summary>Takes the numbers up out of <see cref="State"/>, into which a file was read.</summary>
    public void Restore(IReadOnlyDictionary<string, Tensor> state) => state[UsageKey].Read<int>(usage);

    /// <summary>Makes the codes out of encoded images.</summary>
    /// <param name="vectors">Encoded images, each <c>[b, c, h, w]</c>.</param>
    public void Initialize(IEnumerable<Tensor> vectors)
    {
        CodebookCare.Initialize(codes, vectors, seed.For(-2));
        average?.Restart();
    }

    /// <summary>Learns from a step, after the optimizer.</summary>
    /// <param name="step">Steps done, with this one.</param>
    /// <param name="batches">Encoded images <c>[b, c, h, w]</c>, and the code of each pixel <c>[b, h, w]</c>.</param>
    /// <param name="chosen">These codes on the host.</param>
    /// <returns>How many codes were moved.</returns>
    public int Update(int step, IReadOnlyList<(Tensor Z, Tensor Codes)> batches, ReadOnlySpan<int> chosen)
    {
        average?.Update(batches);
        foreach (var code in chosen)
        {
            usage[code]++;
        }

        if (config.ReviveEvery == 0 || step % config.ReviveEvery != 0)
        {
            return 0;
        }

        var moved = step <= LastRevival * config.Training.Steps
            ? CodebookCare.Revive(codes, batches.Select(batch => batch.Z), usage, seed.For(step))
            : [];
        foreach (var code in moved)
        {
            learner.Forget(codes, code);
        }

        average?.Restart(moved);
        Array.Clear(usage);
        return moved.Count;
    }

    /// <inheritdoc/>
    public void Dispose() => average?.Dispose();
}
