using Mage.Checkpoints;
using Mage.Config;
using MageDsl;

namespace Mage.Training;

/// <summary>A model being trained: its optimizer, learning rate and step, and the file that keeps them all.</summary>
internal sealed class Learner : IDisposable
{
    private readonly Module model;
    private readonly string prefix;
    private readonly AdamW optimizer;
    private readonly CosineSchedule schedule;
    private readonly double clip;
    private readonly Func<Parameter, double>? rateScale;

    /// <summary>Starts to train.</summary>
    /// <param name="model">The model; disposed of with this.</param>
    /// <param name="config">Optimizer, rates and length.</param>
    /// <param name="prefix">What its keys begin with in a file that it shares with another's.</param>
    /// <param name="withoutDecay">Keys without weight decay, besides those of vectors and biases.</param>
    /// <param name="rateScale">What the learning rate of a parameter is multiplied by; null for 1.</param>
    public Learner(
        Module model, OptimizerConfig config, string prefix = "", IEnumerable<string>? withoutDecay = null,
        Func<Parameter, double>? rateScale = null)
    {
        (this.model, this.prefix, this.rateScale) = (model, prefix, rateScale);
        optimizer = new AdamW(model.Parameters(), config.WeightDecay, config.Beta1, config.Beta2, exempt: withoutDecay);
        schedule = new CosineSchedule(config.LearningRate, config.MinLearningRate, config.WarmupSteps, config.Steps);
        clip = config.Clip > 0 ? config.Clip : double.PositiveInfinity;
    }

    /// <summary>Steps done so far.</summary>
    public int Step => optimizer.StepCount;

    /// <summary>Changes the parameters along their gradients.</summary>
    /// <param name="loss">The loss they belong to.</param>
    /// <returns>The learning rate, and the global norm of the gradient before clipping.</returns>
    /// <exception cref="UserErrorException">The loss is no longer a finite number; nothing is changed.</exception>
    public (double Rate, double GradientNorm) Update(double loss)
    {
        if (!double.IsFinite(loss))
        {
            throw new UserErrorException($"training has diverged: the loss of step {Step + 1} is {loss}; a lower learning rate may help");
        }

        var rate = schedule.Rate(Step);
        return (rate, optimizer.Step(rate, clip, rateScale));
    }

    /// <summary>Forgets what the optimizer knows about one row of a parameter, after that row was given a new value.</summary>
    public void Forget(Parameter parameter, int row)
    {
        var state = optimizer.StateDict();
        foreach (var moment in (string[])["exp_avg", "exp_avg_sq"])
        {
            if (state.TryGetValue($"{parameter.Name}.{moment}", out var mean))
            {
                var width = (int)(mean.Count / mean.Shape[0]);
                mean.Write<float>(new float[width], (long)row * width);
            }
        }
    }

    /// <summary>Writes the model, the optimizer and <paramref name="extra"/> tensors, and those of a second model.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public void Save(string path, IReadOnlyDictionary<string, Tensor> extra, Learner? second = null)
    {
        using var scope = new TensorScope();
        ModelFile.Write(path, [.. State(), .. second?.State() ?? [], .. extra]);
    }

    /// <summary>Reads what <see cref="Save"/> wrote, into the same tensors. Nothing is changed unless everything fits.</summary>
    /// <exception cref="UserErrorException">The file cannot be read, or is of another model: the line names the file and the key.</exception>
    public void Load(string path, IReadOnlyDictionary<string, Tensor> extra, Learner? second = null)
    {
        using var scope = new TensorScope();
        var tensors = ModelFile.Read(path).Tensors;
        foreach (var (key, target) in extra)
        {
            if (!tensors.TryGetValue(key, out var found) || !found.Shape.SequenceEqual(target.Shape) || found.Type != target.Type)
            {
                throw new UserErrorException($"'{path}' is no training state of this model: {key} is missing or has another shape");
            }
        }

        var own = Part(tensors, key => !extra.ContainsKey(key) && second?.IsOwn(key) != true, 0);
        var others = second is null ? [] : Part(tensors, second.IsOwn, second.prefix.Length);
        Check(path, own);
        second?.Check(path, others);
        Take(own);
        second?.Take(others);
        foreach (var (key, target) in extra)
        {
            tensors[key].CopyTo(target);
        }
    }

    /// <summary>Gives the memory of the model and of its optimizer back.</summary>
    public void Dispose()
    {
        using var scope = new TensorScope();
        foreach (var tensor in optimizer.StateDict().Values)
        {
            tensor.Dispose();
        }

        model.Dispose();
    }

    private IEnumerable<KeyValuePair<string, Tensor>> State() => model.StateDict()
        .Concat(optimizer.StateDict().Select(pair => KeyValuePair.Create(WeightKind.OptimizerPrefix + pair.Key, pair.Value)))
        .Select(pair => KeyValuePair.Create(prefix + pair.Key, pair.Value));

    private void Check(string path, IReadOnlyDictionary<string, Tensor> state)
    {
        try
        {
            ModelFile.CheckFit(path, model, OfModel(state));
            optimizer.Checked(OfOptimizer(state));
        }
        catch (CheckpointException e)
        {
            throw new UserErrorException($"'{path}': {e.Message}", e);
        }
    }

    private void Take(IReadOnlyDictionary<string, Tensor> state)
    {
        model.LoadStateDict(OfModel(state));
        optimizer.LoadStateDict(OfOptimizer(state));
    }

    private bool IsOwn(string key) => key.StartsWith(prefix, StringComparison.Ordinal);

    private static Dictionary<string, Tensor> OfModel(IReadOnlyDictionary<string, Tensor> state)
        => Part(state, key => !IsOfOptimizer(key), 0);

    private static Dictionary<string, Tensor> OfOptimizer(IReadOnlyDictionary<string, Tensor> state)
        => Part(state, IsOfOptimizer, WeightKind.OptimizerPrefix.Length);

    private static bool IsOfOptimizer(string key) => key.StartsWith(WeightKind.OptimizerPrefix, StringComparison.Ordinal);

    private static Dictionary<string, Tensor> Part(IReadOnlyDictionary<string, Tensor> tensors, Func<string, bool> wanted, int prefix)
        => tensors.Where(pair => wanted(pair.Key)).ToDictionary(pair => pair.Key[prefix..], pair => pair.Value);
}
