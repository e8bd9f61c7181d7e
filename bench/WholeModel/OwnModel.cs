using System.Diagnostics;
using Mage;
using Mage.Config;
using Mage.Model;
using Mage.Sampling;
using MageDsl;
using MageDsl.Devices;

namespace Bench.WholeModel;

/// <summary>MAGE as this assembly compiled it. Tokens are random; what they are does not change the work.</summary>
internal sealed class OwnModel : IContestant
{
    private const int DecodingIterations = 2;

    private readonly Seed seed = new(1);
    private readonly MaskedGenerativeEncoder model;
    private readonly AdamW optimizer;
    private readonly IterativeDecoder decoder;
    private readonly int[] codes;
    private readonly int batch;

    private int steps;
    private int iteration;
    private int[] current = [];

    /// <param name="size">The model and its batch.</param>
    /// <param name="recompute">Whether blocks are computed again on the way back.</param>
    public OwnModel(ModelSize size, bool recompute = false)
    {
        var config = size.Config();
        config.Mage.Training.Recompute = recompute;
        batch = size.Batch;
        model = MaskedGenerativeEncoder.Create(config, new Initializer(seed));
        optimizer = new AdamW(model.Parameters());
        decoder = new IterativeDecoder(model, new SamplingConfig { Iterations = DecodingIterations, Temperature = config.Sampling.Temperature });
        codes = [.. Enumerable.Range(0, batch * model.Tokens).Select(i => seed.Integer(i, model.Vocabulary.Codes))];
    }

    public double[] Do(string what) => what switch
    {
        "step" => Step(),
        "decode" => [Decode()],
        "memory" => Memory(),
        _ => throw new ArgumentException($"a model does step, decode and memory, not '{what}'", nameof(what)),
    };

    /// <summary>Gives the memory of parameters and moments back.</summary>
    public void Dispose()
    {
        foreach (var tensor in (IEnumerable<Tensor>)[.. model.StateDict().Values, .. optimizer.StateDict().Values])
            tensor.Dispose();
    }

    private double[] Step()
    {
        using var scope = new TensorScope();
        var start = Stopwatch.GetTimestamp();
        ForwardBackward();
        var middle = Stopwatch.GetTimestamp();
        optimizer.Step(1e-4, clipNorm: 3);
        return [Stopwatch.GetElapsedTime(start, middle).TotalSeconds, Stopwatch.GetElapsedTime(middle).TotalSeconds];
    }

    private void ForwardBackward(Action? between = null)
    {
        var step = seed.For(steps++);
        using var tape = new GradientTape();
        var plan = MaskPlan.Draw(batch, model.Tokens, model.MaskRates, step.For(0));
        var tokens = TokenBatch.Masked(codes, plan, model.Vocabulary);
        var (loss, _) = model.Loss(tokens, Tensor.From(codes, batch, model.Tokens), model.TrainingDropout(step.For(1)));
        between?.Invoke();
        tape.Backward(loss);
    }

    private double Decode()
    {
        if (iteration % DecodingIterations == 0)
        {
            current = new int[codes.Length];
            current.AsSpan().Fill(model.Vocabulary.MaskToken);
        }
        var unknown = Enumerable.Repeat(model.Tokens, batch).ToArray();
        var start = Stopwatch.GetTimestamp();
        current = decoder.Step(iteration % DecodingIterations, current, unknown, DecodingNoise.From(seed.For(iteration))).Next;
        iteration++;
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private double[] Memory()
    {
        using var scope = new TensorScope();
        var (before, kept) = (Device.Default.Pool.InUseBytes, 0L);
        Device.Default.Pool.ResetPeak();
        ForwardBackward(() => kept = Device.Default.Pool.InUseBytes - before);
        return [kept, Device.Default.Pool.PeakBytes - before];
    }
}
