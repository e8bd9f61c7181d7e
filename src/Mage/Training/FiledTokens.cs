using Mage.Data;

namespace Mage.Training;

/// <summary>Tokens from a file, one of the views of an image in a step; for contrast another one beside it.</summary>
/// <param name="file">The tokens; the source disposes of it.</param>
/// <param name="labels">The class of each image.</param>
/// <param name="sampler">Which images a step sees.</param>
/// <param name="seed">Which views.</param>
/// <param name="both">Whether two views are wanted.</param>
internal sealed class FiledTokens(TokenFile file, int[] labels, BatchSampler sampler, Seed seed, bool both) : ITokenSource, IDisposable
{
    /// <inheritdoc/>
    public StepTokens Of(int step)
    {
        var (indices, mirrored) = (new int[sampler.Batch], new bool[sampler.Batch]);
        sampler.Choose(step, indices, mirrored);
        var (key, views, tokens) = (seed.For(step), file.Head.Views, file.Head.Tokens);
        var (first, second) = (new int[sampler.Batch * tokens], new int[both ? sampler.Batch * tokens : 0]);
        for (var i = 0; i < indices.Length; i++)
        {
            var view = key.Integer(i, views);
            file.CopyTo(indices[i], view, first.AsSpan(i * tokens, tokens));
            if (both)
            {
                var other = (view + 1 + key.For(1).Integer(i, Math.Max(1, views - 1))) % views;
                file.CopyTo(indices[i], other, second.AsSpan(i * tokens, tokens));
            }
        }

        return new StepTokens(first, Array.ConvertAll(indices, index => labels[index]), second);
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
