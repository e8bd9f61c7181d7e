using MageDsl;
using static Mage.Model.MageKernels;

namespace Mage.Training;

/// <summary>
/// An exponential moving average of the weights of a model, kept in a model of its own. In the first steps it keeps less, (1 + n) / (10 + n) after
/// n of them, so that it does not remember the random weights that training began with.
/// </summary>
internal sealed class WeightAverage : IDisposable
{
    private const string Prefix = "ema.";

    private readonly IReadOnlyList<(string Key, Tensor Average, Tensor Value)> pairs;
    private readonly Module average;
    private readonly double decay;

    /// <summary>An average that is the model itself as yet.</summary>
    /// <param name="model">The model that is trained.</param>
    /// <param name="average">A model of the same sizes, which becomes the average.</param>
    /// <param name="decay">How much of the average a step keeps, above 0 and below 1.</param>
    public WeightAverage(Module model, Module average, double decay)
    {
        (this.average, this.decay) = (average, decay);
        average.LoadStateDict(model.StateDict());
        average.RequireGradients(false);
        var averages = average.StateDict();
        pairs = [.. model.Parameters().Where(parameter => parameter.RequiresGrad)
            .Select(parameter => (Prefix + parameter.Name, averages[parameter.Name], parameter.Value))];
    }

    /// <summary>What a checkpoint keeps of it: the live averages.</summary>
    public IReadOnlyDictionary<string, Tensor> State => pairs.ToDictionary(pair => pair.Key, pair => pair.Average);

    /// <summary>Takes the weights in as they are after a step.</summary>
    /// <param name="steps">Steps done.</param>
    public void Update(int steps)
    {
        using var paused = GradientTape.Pause();
        var keep = Math.Min(decay, (1.0 + steps) / (10.0 + steps));
        pairs[0].Value.Device.Together(pairs, pair => MoveAverage(pair.Average, pair.Value, (float)keep, (float)(1 - keep)));
    }

    /// <summary>Gives the memory of the average back.</summary>
    public void Dispose() => average.Dispose();
}
