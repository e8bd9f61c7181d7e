using Mage.Config;
using Mage.Data;
using Mage.Generation;
using Mage.Training;
using Mage.Training.Progress;

namespace Mage.Tests.Training;

/// <summary>
/// Parts of a run that need no model, so that the run's frame is tested by itself: a stage is one number that each step
/// changes, the tokenizer's code of a block is its mean brightness, and generation fills with code 1.
/// </summary>
internal sealed class FakeParts : IRunParts
{
    /// <summary>Called before each step with the stage's name and the steps done.</summary>
    public Action<string, int>? BeforeStep { get; set; }

    public List<string> Made { get; } = [];

    public ITrainingStage Tokenizer(RunConfig config, ImageSet images) => Make("tokenizer", config.Tokenizer.Training, config.Seed);

    public ITrainingStage Mage(RunConfig config, ImageSet images, RunFolder folder) =>
        File.Exists(folder.Weights("tokenizer"))
            ? Make("mage", config.Mage.Training, config.Seed)
            : throw new InvalidOperationException("the tokenizer must be trained first");

    public ITrainingStage Classifier(RunConfig config, ImageSet images) => Make("classifier", config.Classifier.Training, config.Seed);

    public ITrainedClassifier LoadClassifier(RunConfig config, RunFolder folder) =>
        File.Exists(folder.Weights("classifier"))
            ? new Brightness(config)
            : throw new UserErrorException($"'{folder.Weights("classifier")}' is missing");

    public ITrainedTokenizer ReadTokenizer(RunConfig config, string path) => new Models(config) { Weights = File.ReadAllBytes(path) };

    public ITrainedTokenizer LoadTokenizer(RunConfig config, RunFolder folder) =>
        File.Exists(folder.Weights("tokenizer")) ? new Models(config) : throw new UserErrorException($"'{folder.Weights("tokenizer")}' is missing");

    public ITrainedModels Load(RunConfig config, RunFolder folder, TrainedWeights? weights = null) =>
        File.Exists(folder.Weights("mage")) ? new Models(config) : throw new UserErrorException($"'{folder.Weights("mage")}' is missing");

    /// <summary>Models as if they had been trained.</summary>
    public static ITrainedModels Trained(RunConfig config) => new Models(config);

    private Stage Make(string name, OptimizerConfig optimizer, int seed)
    {
        Made.Add(name);
        return new Stage(this, name, optimizer, seed);
    }

    private sealed class Stage(FakeParts owner, string name, OptimizerConfig optimizer, int seed) : ITrainingStage
    {
        private double weight = seed;

        public string Name => name;

        public int Step { get; private set; }

        public int Steps => optimizer.Steps;

        public int Batch => optimizer.Batch;

        public StepReport Train()
        {
            owner.BeforeStep?.Invoke(name, Step);
            Step++;
            weight = (weight * 0.9) + Math.Sin(Step);
            return new StepReport(weight + 100 / (double)Step, optimizer.LearningRate, 1, Accuracy: name == "mage" ? 0.5 : null);
        }

        public void SaveCheckpoint(string path) => AtomicFile.WriteText(path, FormattableString.Invariant($"{Step} {weight:R}"));

        public void LoadCheckpoint(string path)
        {
            var parts = File.ReadAllText(path).Split(' ');
            if (parts.Length != 2)
            {
                throw new UserErrorException($"the checkpoint '{path}' is damaged");
            }

            (Step, weight) = (int.Parse(parts[0]), double.Parse(parts[1]));
        }

        public void SaveWeights(string path) => AtomicFile.WriteText(path, FormattableString.Invariant($"{weight:R}"));

        public void Dispose()
        {
        }
    }

    /// <summary>Takes dark images for class 0, bright ones for class 1.</summary>
    internal sealed class Brightness(RunConfig config) : ITrainedClassifier
    {
        public (float[] Features, int[] Classes) Classify(float[] images)
        {
            var means = images.Chunk(config.Data.Channels * config.Data.ImageSize * config.Data.ImageSize).Select(image => image.Average()).ToArray();
            return (means, [.. means.Select(mean => mean > 0.35 ? 1 : 0)]);
        }

        public void Dispose()
        {
        }
    }

    /// <summary>Images of which every other is bright.</summary>
    public static ImageSet DarkAndBright(RunConfig config)
    {
        return new ImageSet("made up", ["dark", "bright"], Part(40), Part(20));

        ImagePart Part(int count)
        {
            var (channels, size) = (config.Data.Channels, config.Data.ImageSize);
            var values = channels * size * size;
            return new ImagePart(
                channels, size,
                [.. Enumerable.Range(0, count).Select(i => Enumerable.Repeat((byte)((i % 2 * 200) + (i / 2 % 5)), values).ToArray())],
                [.. Enumerable.Range(0, count).Select(i => i % 2)]);
        }
    }

    internal sealed class Models(RunConfig config) : ITrainedModels
    {
        /// <summary>The classes and the seed that were generated with last.</summary>
        public (int[]? Classes, int Seed) Asked { get; private set; }

        /// <summary>What it writes as its weights.</summary>
        public byte[] Weights { get; init; } = [];

        private int Values => config.Data.Channels * config.Data.ImageSize * config.Data.ImageSize;

        public string Fingerprint => "fake";

        public int[] Tokenize(float[] images)
        {
            var (block, size) = (config.Tokenizer.DownSampling, config.Data.ImageSize);
            return [.. Enumerable.Range(0, images.Length / Values * config.Tokens).Select(i =>
            {
                var (image, row, column) = (i / config.Tokens, i % config.Tokens / config.Grid * block, i % config.Grid * block);
                var sum = 0f;
                for (var p = 0; p < block * block; p++)
                {
                    sum += images[(image * Values) + ((row + (p / block)) * size) + column + (p % block)];
                }

                return (int)Math.Round(sum / (block * block) * (config.Tokenizer.CodebookSize - 1));
            })];
        }

        public float[] Decode(int[] codes)
        {
            var (block, size) = (config.Tokenizer.DownSampling, config.Data.ImageSize);
            return [.. Enumerable.Range(0, codes.Length / config.Tokens * Values).Select(i =>
            {
                var (image, row, column) = (i / Values, i % Values / size % size / block, i % size / block);
                return codes[(image * config.Tokens) + (row * config.Grid) + column] / (config.Tokenizer.CodebookSize - 1f);
            })];
        }

        public float[] Features(float[] images) => [.. Tokenize(images).Select(code => (float)code)];

        public double MaskedTokenAccuracy(float[] images, int seed) => 0.25;

        public void Save(string path) => File.WriteAllBytes(path, Weights);

        public int[] Generate(int[] start, SamplingConfig sampling, int seed, int[]? classes = null, Action<DecodingProgress>? observe = null)
        {
            Asked = (classes, seed);
            return [.. start.Select(code => code < 0 ? 1 : code)];
        }

        public void Dispose()
        {
        }
    }
}
