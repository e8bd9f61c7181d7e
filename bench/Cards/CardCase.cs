using System.Globalization;
using MageDsl;
using MageDsl.Devices;
using MageDsl.Layers;
using MageDsl.Testing;

namespace Bench.Cards;

/// <summary>A kernel of the library at a size of ViT-B, on a device.</summary>
/// <param name="Name">Kernel and sizes.</param>
/// <param name="Bytes">What it reads and writes at least, forward; 0 where arithmetic bounds it.</param>
/// <param name="BackwardBytes">The same of forward and backward; 0 where there is no backward pass.</param>
/// <param name="Operations">Multiplications and additions of its products, forward; backward has twice as many.</param>
/// <param name="Inputs">Makes the tensors, in the scope's device.</param>
/// <param name="Launch">The kernel.</param>
/// <param name="Differentiated">How many of the first tensors want a gradient.</param>
internal sealed record CardCase(
    string Name, double Bytes, double BackwardBytes, double Operations, Func<Tensor[]> Inputs, Func<Tensor[], Tensor> Launch, int Differentiated)
{
    private const int Rows = 16448;

    /// <summary>All of them; at a fraction of the rows where the device is the processor in another guise.</summary>
    /// <param name="fraction">Rows are divided by it.</param>
    public static IReadOnlyList<CardCase> All(int fraction)
    {
        var rows = Rows / fraction;
        var tokens = 64 / Math.Min(fraction, 64);
        var parameters = 86_800_000 / fraction;
        double Reals(params double[] counts) => 4 * counts.Sum();
        return
        [
            new($"layer norm {rows}x768", Reals(2.0 * rows * 768), Reals(5.0 * rows * 768), 0,
                () => [Draw(rows, 768), Draw(768), Draw(768)], t => Normalization.LayerNorm(t[0], t[1], t[2]), 3),
            new($"softmax {rows}x1024", Reals(2.0 * rows * 1024), Reals(5.0 * rows * 1024), 0,
                () => [Draw(rows, 1024)], t => Activations.Softmax(t[0]), 1),
            new($"GELU {rows}x3072", Reals(2.0 * rows * 3072), Reals(5.0 * rows * 3072), 0,
                () => [Draw(rows, 3072)], t => Activations.Gelu(t[0]), 1),
            new($"dropout + residual {rows}x768", Reals(3.0 * rows * 768), Reals(5.0 * rows * 768), 0,
                () => [Draw(rows, 768), Draw(rows, 768)], t => Regularization.DropoutResidual(t[0], t[1], 0.1f, 7), 2),
            new($"cross-entropy {rows}x2025", Reals(1.0 * rows * 2025), Reals(3.0 * rows * 2025), 0,
                () => [Draw(rows, 2025), Ids(2025, rows)], t => Losses.SmoothedCrossEntropy(t[0], t[1], 0.1f), 1),
            new($"embedding {rows}x768 of 2025", Reals(2.0 * rows * 768), Reals(4.0 * rows * 768), 0,
                () => [Draw(2025, 768), Ids(2025, rows)], t => Embeddings.Embedding(t[0], t[1]), 1),
            new($"linear {rows}x768 to 2304", 0, 0, 2.0 * rows * 768 * 2304,
                () => [Draw(rows, 768), Draw(2304, 768), Draw(2304)], t => Projections.Linear(t[0], t[1], t[2]), 3),
            new($"linear {rows}x3072 to 768", 0, 0, 2.0 * rows * 3072 * 768,
                () => [Draw(rows, 3072), Draw(768, 3072), Draw(768)], t => Projections.Linear(t[0], t[1], t[2]), 3),
            new($"perceptron {rows}x768x3072", 0, 0, 4.0 * rows * 768 * 3072,
                () => [Draw(rows, 768), Draw(3072, 768), Draw(3072), Draw(768, 3072), Draw(768)],
                t => Perceptron.Mlp(t[0], t[1], t[2], t[3], t[4]), 5),
            new($"attention {tokens}x257, 12 heads of 64", 0, 0, (8.0 * 257 * 768 * 768 + 4.0 * 257 * 257 * 768) * tokens,
                () => [Draw(tokens, 257, 768), Draw(768), Draw(768), Draw(2304, 768), Draw(2304), Draw(768, 768), Draw(768)],
                t => Attention.SelfAttention(t[0], t[1], t[2], t[3], t[4], t[5], t[6], heads: 12), 7),
            new(string.Create(CultureInfo.InvariantCulture, $"AdamW {parameters / 1e6:0.0} M"), Reals(7.0 * parameters), 0, 0,
                () => [.. Enumerable.Range(0, 4).Select(_ => Tensor.Full(ElementType.Float32, 0.1, parameters))], Update, 0),
        ];
    }

    /// <summary>One step of AdamW, in place.</summary>
    private static Tensor Update(Tensor[] t)
    {
        OptimizerKernels.AdamWUpdate(t[0], t[1], t[2], t[3]);
        return t[0];
    }

    /// <summary>Forward; what it makes goes back to the pool.</summary>
    public void Forward(Tensor[] inputs)
    {
        using var scope = new TensorScope();
        Launch(inputs);
    }

    /// <summary>Forward and backward, as if the sum of the results were the loss.</summary>
    public void ForwardBackward(Tensor[] inputs)
    {
        using var scope = new TensorScope();
        Backward(inputs, result => Tensor.Full(ElementType.Float32, 1, result.Shape));
    }

    /// <summary>The result, and the gradients of a loss that weighs its elements differently, on a device.</summary>
    public double[][] Numbers(Device device)
    {
        using var scope = new TensorScope(device);
        var inputs = Inputs();
        if (Differentiated == 0)
        {
            Forward(inputs);
            return [.. inputs.Select(KernelArguments.ToDoubles)];
        }
        var tensors = Backward(inputs, result => Draw([.. result.Shape]));
        return [.. tensors.Select(KernelArguments.ToDoubles)];
    }

    private Tensor[] Backward(Tensor[] inputs, Func<Tensor, Tensor> weights)
    {
        using var tape = new GradientTape();
        foreach (var tensor in inputs[..Differentiated]) tape.Watch(tensor);
        var result = Launch(inputs);
        var loss = Tensor.Zeros(ElementType.Float32);
        tape.Record([result], [loss], (_, _) => [weights(result)]);
        tape.Backward(loss);
        return [result, .. inputs[..Differentiated].Select(tensor => tape.Gradient(tensor)!)];
    }

    private static Tensor Draw(params int[] shape)
    {
        var random = new Random(1);
        var values = new float[shape.Aggregate(1, (a, b) => a * b)];
        for (var i = 0; i < values.Length; i++) values[i] = 0.1f * (2 * random.NextSingle() - 1);
        return Tensor.From(values, shape);
    }

    private static Tensor Ids(int below, int count)
    {
        var random = new Random(2);
        return Tensor.From([.. Enumerable.Range(0, count).Select(_ => random.Next(below))], [count]);
    }
}
