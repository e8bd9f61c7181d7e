using Mage.Config;
using MageDsl;

namespace Mage.Tests.Training;

/// <summary>Runs of the smallest configuration, with made-up data that there is something to learn about.</summary>
internal static class TinyRuns
{
    /// <summary>16×16 grey pixels, 16 tokens of 32 codes.</summary>
    public static RunConfig Config(int steps)
    {
        var config = Presets.Get("tiny");
        config.Tokenizer.Training.Steps = config.Mage.Training.Steps = steps;
        config.Tokenizer.Training.LearningRate = config.Mage.Training.LearningRate = 3e-3f;
        return config;
    }

    /// <summary>A batch of bright rectangles on dark ground, the same for the same step.</summary>
    public static float[] Images(int step)
    {
        var config = Config(1);
        var (batch, size) = (config.Tokenizer.Training.Batch, config.Data.ImageSize);
        var images = new float[batch * size * size];
        for (var image = 0; image < batch; image++)
        {
            var seed = new Seed(step % 8).For(image);
            var (left, top, width, height) = (seed.Integer(0, 8), seed.Integer(1, 8), 3 + seed.Integer(2, 6), 3 + seed.Integer(3, 6));
            for (var i = 0; i < size * size; i++)
            {
                var inside = i % size >= left && i % size < left + width && i / size >= top && i / size < top + height;
                images[image * size * size + i] = inside ? 0.5f + 0.5f * (float)seed.Uniform(4) : 0.05f;
            }
        }

        return images;
    }

    /// <summary>A batch of token grids in which every token follows from its neighbours.</summary>
    public static int[] Codes(int step)
    {
        var config = Config(1);
        var codes = new int[config.Mage.Training.Batch * config.Tokens];
        for (var i = 0; i < codes.Length; i++)
        {
            var first = new Seed(step).For(i / config.Tokens).Integer(0, 4);
            codes[i] = first * 3 + i % config.Tokens / config.Grid;
        }

        return codes;
    }

    /// <summary>All parameters of a model, one after the other.</summary>
    public static float[] Weights(Module model)
        => [.. model.Parameters().Where(parameter => parameter.RequiresGrad).SelectMany(parameter => parameter.Value.ToArray<float>())];
}
