using Mage.Checkpoints;
using Mage.Config;
using Mage.Generation;
using Mage.Tokenizer;
using MageDsl;

namespace Mage.Training;

/// <summary>A trained tokenizer, over plain arrays.</summary>
internal class TrainedTokenizer(RunConfig config, VectorQuantizedAutoencoder tokenizer) : ITrainedTokenizer
{
    protected int ValuesPerImage => config.Data.Channels * config.Data.ImageSize * config.Data.ImageSize;

    public string Fingerprint => Fingerprints.Of(tokenizer);

    public int[] Tokenize(float[] images) => tokenizer.Tokens(config, images);

    public float[] Decode(int[] codes)
    {
        var images = new float[codes.Length / config.Tokens * ValuesPerImage];
        Batches.Each(codes.Length / config.Tokens, config.Evaluation.Batch, (start, count) =>
        {
            var tokens = Tensor.From(codes.AsSpan(start * config.Tokens, count * config.Tokens), count, config.Grid, config.Grid);
            tokenizer.DecodeTokens(tokens).ToArray<float>().CopyTo(images, start * ValuesPerImage);
        });
        return images;
    }

    public void Save(string path) => ModelFile.Save(path, tokenizer);

    public virtual void Dispose() => tokenizer.Dispose();

    protected void EachBatch(float[] images, Action<int, Tensor> body)
        => Batches.Each(images.Length / ValuesPerImage, config.Evaluation.Batch, (start, count)
            => body(start, Batches.Images(images.AsSpan(start * ValuesPerImage, count * ValuesPerImage), config)));
}
