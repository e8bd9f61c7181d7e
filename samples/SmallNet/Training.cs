using MageDsl;

namespace SmallNet;

/// <summary>A net in training on all points of a spiral at once.</summary>
public sealed class Training
{
    private const double Peak = 0.003;
    private readonly SpiralNet net;
    private readonly AdamW optimizer;

    /// <summary>Starts with a net of its own.</summary>
    public Training(int width, int seed)
    {
        net = new SpiralNet(width, seed);
        optimizer = new AdamW(net.Parameters(), weightDecay: 0.01);
    }

    /// <summary>Changes the weights, step by step.</summary>
    /// <param name="spirals">What to learn.</param>
    /// <param name="steps">How many steps to take.</param>
    /// <param name="report">Takes the step and its loss.</param>
    public void Run(Spirals spirals, int steps, Action<int, float> report)
    {
        var schedule = new CosineSchedule(Peak, minimum: 0, warmup: steps / 20.0, total: steps);
        for (var step = 0; step < steps; step++)
        {
            using var scope = new TensorScope();
            using var tape = new GradientTape();
            var loss = SpiralKernels.Loss(net.Forward(Points(spirals)), Tensor.From(spirals.Arms));
            tape.Backward(loss);
            optimizer.Step(schedule.Rate(step + 1), clipNorm: 1);
            report(step, loss.Item());
        }
    }

    /// <summary>The share of points whose arm the net tells rightly.</summary>
    public float Accuracy(Spirals spirals)
    {
        using var scope = new TensorScope();
        return SpiralKernels.Accuracy(net.Forward(Points(spirals)), Tensor.From(spirals.Arms)).Item();
    }

    private static Tensor Points(Spirals spirals) => Tensor.From(spirals.Points, spirals.Count, 2);
}
