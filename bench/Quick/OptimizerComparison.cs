using MageDsl;
using MageDsl.Devices.Cpu;

namespace Bench.Quick;

/// <summary>
/// AdamW and clipping over parameters of the sizes of ViT-B, and a copy in the same turns as a yardstick: what has to be moved by the time it
/// takes, as a share of the bytes that the copy moves in its own.
/// </summary>
internal static class OptimizerComparison
{
    private const int Rounds = 15;
    private const int Blocks = 12;
    private const int Width = 768;

    // Weight, both means, read and written, and the gradient, read; for the norm the gradient once more.
    private const int UpdateBytes = 7 * sizeof(float);
    private const int NormBytes = sizeof(float);

    public static int Run()
    {
        using var scope = new TensorScope();
        var parameters = Parameters().ToArray();
        long count = 0;
        foreach (var parameter in parameters)
        {
            parameter.Gradient = Tensor.Full(ElementType.Float32, 1e-3, parameter.Value.Shape);
            count += parameter.Value.Count;
        }
        var optimizer = new AdamW(parameters);
        using var copy = new CopyBandwidth();
        (string Name, Action Run, long Bytes)[] forms =
        [
            ("AdamW", () => optimizer.Step(1e-4), count * UpdateBytes),
            ("norm of the gradients", () => GradientClipping.Norm(parameters), count * NormBytes),
            ("clip + AdamW", () => optimizer.Step(1e-4, clipNorm: 3), count * (UpdateBytes + NormBytes)),
            ("copy", copy.OnThreads, CopyBandwidth.Traffic),
        ];
        var turns = new List<double[]>();
        for (var round = -2; round < Rounds; round++)
        {
            var times = Array.ConvertAll(forms, form => Statistics.Time(form.Run));
            if (round >= 0)
                turns.Add(times);
        }
        var rates = turns.Select(t => t.Select((seconds, form) => forms[form].Bytes / seconds).ToArray()).ToArray();
        Console.WriteLine($"""
            {count / 1e6:F1} million parameters in {parameters.Length} tensors, {WorkerPool.Shared.Threads} threads, vectors of {Simd.Width} bits, {Rounds} turns

            | | ms, median (least) | GB/s | of copy |
            |---|--:|--:|--:|
            """);
        for (var i = 0; i < forms.Length; i++)
        {
            var (form, median) = (i, Statistics.Median(turns.Select(t => t[i])));
            Console.WriteLine(
                $"| {forms[form].Name} | {median * 1e3:F1} ({turns.Min(t => t[form]) * 1e3:F1}) | {forms[form].Bytes / median / 1e9:F1} " +
                $"| {Statistics.Median(rates.Select(r => r[form] / r[^1])):P0} |");
        }
        return 0;
    }

    private static IEnumerable<Parameter> Parameters()
    {
        var number = 0;
        Parameter Make(params ReadOnlySpan<int> shape) => new($"p{number++}", Tensor.Zeros(ElementType.Float32, shape));
        for (var block = 0; block < Blocks; block++)
        {
            foreach (var (outputs, inputs) in new[] { (3 * Width, Width), (Width, Width), (4 * Width, Width), (Width, 4 * Width) })
            {
                yield return Make(outputs, inputs);
                yield return Make(outputs);
            }
            for (var norm = 0; norm < 4; norm++)
                yield return Make(Width);
        }
        yield return Make(2025, Width);
        yield return Make(257, Width);
    }
}
