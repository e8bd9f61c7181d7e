using System.Globalization;
using Mage.Config;
using MageDsl;

namespace Mage.Training;

/// <summary>
/// Watches for the known failure of adversarial training: after the discriminator has joined, reconstructions get worse and do not recover. It
/// keeps the weights with the least error; training that has degraded at its end goes back to them.
/// </summary>
internal sealed class TokenizerWatch : IDisposable
{
    private const string Prefix = "watch.";
    private const string NumbersKey = Prefix + "numbers";

    private readonly DiscriminatorConfig config;
    private readonly int steps;
    private readonly IReadOnlyDictionary<string, Tensor> live;
    private readonly Dictionary<string, Tensor> best;
    private double leastError = double.PositiveInfinity;
    private int leastStep;
    private int badLooks;

    /// <summary>Watches a model.</summary>
    /// <param name="config">When to look, and what is bad.</param>
    /// <param name="steps">Steps of the training.</param>
    /// <param name="model">The model.</param>
    public TokenizerWatch(DiscriminatorConfig config, int steps, Module model)
    {
        (this.config, this.steps, live) = (config, steps, model.StateDict());
        best = live.ToDictionary(pair => pair.Key, pair => TensorScope.Detach(pair.Value.Clone()));
    }

    /// <summary>What it needs to go on, by key: copies of its numbers, in the current scope, and the best weights, live.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> State =>
    [
        KeyValuePair.Create(NumbersKey, Tensor.From([leastError, leastStep, badLooks])),
        .. best.Select(pair => KeyValuePair.Create($"{Prefix}best.{pair.Key}", pair.Value)),
    ];

    /// <summary>Takes the numbers up out of <see cref="State"/>, into which a file was read.</summary>
    public void Restore(IReadOnlyDictionary<string, Tensor> state)
    {
        var numbers = state[NumbersKey].ToArray<double>();
        (leastError, leastStep, badLooks) = (numbers[0], (int)numbers[1], (int)numbers[2]);
    }

    /// <summary>Whether it wants to look when so many steps are done.</summary>
    public bool IsDue(int step) => step >= config.Start && ((step - config.Start) % config.WatchEvery == 0 || step == steps);

    /// <summary>Notes an error that was measured.</summary>
    /// <param name="step">Steps done.</param>
    /// <param name="error">Mean absolute error of reconstructions.</param>
    /// <returns>What people should know of it; null if nothing.</returns>
    public string? Look(int step, double error)
    {
        if (error < leastError)
        {
            (leastError, leastStep, badLooks) = (error, step, 0);
            Copy(live, best);
            return null;
        }

        // An error that is no number is bad.
        badLooks = error <= leastError * (1 + config.WatchTolerance) ? 0 : badLooks + 1;
        if (badLooks < config.WatchPatience)
        {
            return null;
        }

        var found = string.Create(
            CultureInfo.InvariantCulture,
            $"reconstruction degrades since the discriminator joined: the error is {error:0.0000} after step {step}, and was {leastError:0.0000} "
            + $"after step {leastStep}");
        if (step < steps)
        {
            return badLooks == config.WatchPatience
                ? $"{found}; unless it recovers, the tokenizer goes back to those weights (a smaller tokenizer.discriminator.weight may help)"
                : null;
        }

        Copy(best, live);
        return $"{found}; went back to those weights";
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in best.Values)
        {
            tensor.Dispose();
        }
    }

    private static void Copy(IReadOnlyDictionary<string, Tensor> from, IReadOnlyDictionary<string, Tensor> to)
    {
        foreach (var (key, tensor) in from)
        {
            tensor.CopyTo(to[key]);
        }
    }
}
